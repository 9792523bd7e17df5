/** Shows decoded pictures on a canvas. */
export class CanvasScreen {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  #shown = 0;
  #shownMs: number | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }

  /** How many pictures have been shown. */
  get shown(): number {
    return this.#shown;
  }

  /** The stream's time of the last one; null before the first. */
  get shownMs(): number | null {
    return this.#shownMs;
  }

  /** Draws the picture and closes it; true where it is the first, or of another size. */
  show(picture: VideoFrame): boolean {
    const { displayWidth: width, displayHeight: height } = picture;
    const isResized = this.#canvas.width !== width || this.#canvas.height !== height;
    if (isResized) Object.assign(this.#canvas, { width, height });
    this.#context?.drawImage(picture, 0, 0, width, height);
    this.#shownMs = picture.timestamp / 1000;
    picture.close();
    return this.#shown++ === 0 || isResized;
  }
}
