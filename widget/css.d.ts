/** A style sheet as text: minified by the widget's build, passed through by the test runner. */
declare module "*.css?inline" {
  const css: string;
  export default css;
}
