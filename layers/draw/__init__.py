"""Frames and style into pictures: the only place that knows folium and matplotlib."""
