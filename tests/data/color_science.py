"""How far two colours lie apart to the eye: CAM02-UCS, and the same for three kinds of colour blindness.

CIECAM02 after Moroney et al. (2002), its uniform space after Luo, Cui and Li (2006); viewing conditions of sRGB
(D65, L_A = 64 / pi / 5, Y_b = 20, average surround). Colour blindness after Machado, Oliveira and Fernandes (2009),
severity 1.0. Written apart from the product: it is the judge of the palette.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SRGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
CAT02 = np.array([[0.7328, 0.4296, -0.1624], [-0.7036, 1.6975, 0.0061], [0.0030, 0.0136, 0.9834]])
HPE = np.array([[0.38971, 0.68898, -0.07868], [-0.22981, 1.18340, 0.04641], [0.0, 0.0, 1.0]])
D65 = np.array([95.047, 100.0, 108.883])
MACHADO = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear_rgb(colors: list[str]) -> Array:
    """Return the linear light (0-1) of ``#RRGGBB`` colours, one row each."""
    srgb = np.array([[int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)] for color in colors])
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


def seen_as(linear: Array, sight: str) -> Array:
    """Return linear light as a kind of sight receives it."""
    return np.asarray(np.clip(linear @ MACHADO[sight].T, 0, 1))


def cam02_ucs(linear: Array) -> Array:
    """Return J', a', b' of linear sRGB light."""
    adapting, background = 64 / np.pi / 5, 20.0
    degree = 1.0 * (1 - 1 / 3.6 * np.exp((-adapting - 42) / 92))
    k = 1 / (5 * adapting + 1)
    level = 0.2 * k**4 * 5 * adapting + 0.1 * (1 - k**4) ** 2 * (5 * adapting) ** (1 / 3)
    n = background / 100
    induction, z = 0.725 * (1 / n) ** 0.2, 1.48 + np.sqrt(n)
    gain = degree * 100 / (CAT02 @ D65) + 1 - degree
    to_cones = HPE @ np.linalg.inv(CAT02)

    def responses(xyz: Array) -> Array:
        cones = ((xyz @ CAT02.T) * gain) @ to_cones.T
        powered = (level * np.abs(cones) / 100) ** 0.42
        return np.asarray(np.sign(cones) * 400 * powered / (powered + 27.13) + 0.1)

    white = responses(D65[None, :])[0]
    white_signal = (2 * white[0] + white[1] + white[2] / 20 - 0.305) * induction
    r, g, b = responses(linear @ SRGB_TO_XYZ.T * 100).T
    red_green, yellow_blue = r - 12 * g / 11 + b / 11, (r + g - 2 * b) / 9
    hue = np.arctan2(yellow_blue, red_green)
    lightness = 100 * ((2 * r + g + b / 20 - 0.305) * induction / white_signal) ** (0.69 * z)
    eccentricity = (np.cos(hue + 2) + 3.8) / 4
    t = (
        50000
        / 13
        * induction
        * induction
        * eccentricity
        * np.hypot(red_green, yellow_blue)
        / (r + g + 21 * b / 20)
        / induction
    )
    chroma = t**0.9 * np.sqrt(lightness / 100) * (1.64 - 0.29**n) ** 0.73
    colorfulness = np.log1p(0.0228 * chroma * level**0.25) / 0.0228
    return np.stack(
        [1.7 * lightness / (1 + 0.007 * lightness), colorfulness * np.cos(hue), colorfulness * np.sin(hue)], axis=1
    )


def smallest_difference(colors: list[str], sight: str) -> float:
    """Return the smallest difference between any two of the colours for a kind of sight."""
    places = cam02_ucs(seen_as(linear_rgb(colors), sight))
    apart = np.linalg.norm(places[:, None, :] - places[None, :, :], axis=2)
    return float(apart[np.triu_indices(len(colors), 1)].min())


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours."""
    light = linear_rgb([first, second]) @ np.array([0.2126, 0.7152, 0.0722])
    return float((light.max() + 0.05) / (light.min() + 0.05))
