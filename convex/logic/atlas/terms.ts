/** The words of a text that carry its meaning, in a form in which two texts can be compared. Pure. */

/** Words that questions in our widget's languages are full of, folded. */
const STOP_WORDS = new Set(
  (
    "a an the and or but if of to in on at by for with from as is are was were be been am do does did can could will would " +
    "shall should may might must have has had i me my we us our you your he she it its they them their this that these those " +
    "there here what which who whom when where why how not no yes so than then too very just please hello hi hey thanks thank " +
    "get got any some also about into over up out does need want like know tell many much long often soon " +
    "der die das den dem des ein eine einen einem einer eines und oder aber wenn von zu im am bei fur mit aus als ist sind war " +
    "waren sein bin hat habe haben kann konnen konnte wird werden wurde ich mich mir mein meine wir uns unser sie ihr ihre er es " +
    "man dies diese dieser was wer wo wann warum wie nicht kein keine ja nein auch nur noch bitte hallo danke gibt " +
    "le la les un une des du de et ou mais si est sont etait etre ai as avez avons ont je moi mon ma mes nous notre vous votre " +
    "vos il elle ils elles ce cette ces que qui quoi quel quelle quand pourquoi comment pas ne oui non aussi dans sur pour avec " +
    "par au aux merci bonjour peut puis " +
    "el los las una unos unas y o pero es son era ser estar esta he ha han yo mi mis nosotros su sus usted ustedes este estos " +
    "cual cuando donde por porque como no si tambien en con para al del gracias hola puedo puede " +
    "os as um uma uns umas e mas sao foi ser tem tenho nao sim tambem em no na nos nas com para pelo pela obrigado ola posso pode " +
    "meu minha seu sua eu voce voces qual quando onde porque como"
  ).split(" "),
);

/** Lower case, without accents, digits and letters of any script. */
export function words(text: string): string[] {
  const folded = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** One form for the forms of a word that differ by a common ending: enough to compare, no linguistics. */
export function stem(word: string): string {
  if (word.length < 5 || /\p{N}/u.test(word))
    return word.length === 4 && word.endsWith("s") ? word.slice(0, -1) : word;
  const base = word
    .replace(/(?:ies)$/, "y")
    .replace(/(?:ings?|ingly)$/, "")
    .replace(/(?:ed|es|er|en|em|e|s)$/, "");
  return base.length < 3 ? word : base;
}

/** Each term once, in order. */
export function terms(text: string): string[] {
  return [
    ...new Set(
      words(text)
        .filter((word) => !STOP_WORDS.has(word))
        .map(stem),
    ),
  ];
}
