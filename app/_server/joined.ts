/** The parts of a file as one stream, each opened when the one before it was read: none is in memory as a whole. */
export function joined(
  parts: number,
  open: (number: number) => Promise<ReadableStream<Uint8Array>>,
): ReadableStream<Uint8Array> {
  const chunks = chunksOf(parts, open);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}

async function* chunksOf(
  parts: number,
  open: (number: number) => Promise<ReadableStream<Uint8Array>>,
): AsyncGenerator<Uint8Array, void> {
  for (let number = 0; number < parts; number++) {
    const reader = (await open(number)).getReader();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
    } finally {
      await reader.cancel();
    }
  }
}
