/** Asks one question per item and gives all answers, in the order of the items, when the last has come. */
export function afterAll<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item, done: (answer: Answer) => void) => void,
  done: (answers: Answer[]) => void,
): void {
  const answers: Answer[] = [];
  let missing = items.length;
  if (missing === 0) {
    done(answers);
    return;
  }
  items.forEach((item, index) => {
    ask(item, (answer) => {
      answers[index] = answer;
      missing--;
      if (missing === 0) done(answers);
    });
  });
}
