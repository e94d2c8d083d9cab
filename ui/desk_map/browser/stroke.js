// A stroke of the brush colours the map at once; a refusal, a conflict or no answer takes the colours back.

const ANSWER_WITHIN_MS = 15000;

export class Stroke {
  constructor(desk) {
    this.desk = desk;
    // the page's own button paints too: it is heard before the page is
    this.heard = ({ target }) => {
      const { paintButton, tried } = desk.data ?? {};
      if (paintButton && target.closest?.(`${paintButton} button:not(:disabled)`)) this.asked({ tried });
    };
    document.addEventListener("click", this.heard, true);
  }

  /** Paint what is selected; `n` numbers an act of the map, `tried` is how many acts had been tried before. */
  asked(asked) {
    const { desk } = this;
    const { brush, selection, state } = desk;
    if (desk.data.readOnly || brush === null || !selection.rows.size) return;
    const one = state.foresee(asked, selection.rows, brush, desk.style.flags);
    setTimeout(() => !desk.gone && state.forget(one) && desk.say(desk.t("unanswered")), ANSWER_WITHIN_MS);
  }

  /** Whether what Python says now was said after it had heard of a stroke. */
  answered = ({ asked }) => asked.n <= this.desk.data.actsDone || asked.tried < this.desk.data.tried;

  unbind() {
    document.removeEventListener("click", this.heard, true);
  }
}
