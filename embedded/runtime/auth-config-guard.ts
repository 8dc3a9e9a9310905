/**
 * What `auth.config` may not do while it is evaluated: depend on anything but environment variables that are set. The
 * first breach counts, whatever the module makes of what it saw.
 */
import { AnalysisError } from "./analysis-error";

export class AuthConfigGuard {
  #isWatching = false;
  #breach: AnalysisError | null = null;

  /** What `load` gives. Throws AnalysisError for a breach, and otherwise what `load` throws. */
  async watch<T>(load: () => Promise<T>): Promise<T> {
    this.#isWatching = true;
    this.#breach = null;
    try {
      const loaded = await load();
      this.#throwBreach();
      return loaded;
    } catch (error) {
      this.#throwBreach();
      throw error;
    } finally {
      this.#isWatching = false;
    }
  }

  onEnvironmentVariable(name: string, value: string | undefined): void {
    if (value !== undefined) return;
    this.#note(
      "AuthConfigMissingEnvironmentVariable",
      `Environment variable ${name} is used in auth config file but its value was not set`,
    );
  }

  onClock(): void {
    this.#note("NoDateDuringAuthConfig", "Date unsupported when evaluating auth config file");
  }

  onRandom(): void {
    this.#note("NoRandomDuringAuthConfig", "Math.random unsupported when evaluating auth config file");
  }

  #note(code: string, message: string): void {
    if (this.#isWatching) this.#breach ??= new AnalysisError(code, message);
  }

  #throwBreach(): void {
    if (this.#breach !== null) throw this.#breach;
  }
}
