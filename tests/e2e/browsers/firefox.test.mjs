import { start } from "./firefox.mjs";
import { tell } from "./stories.mjs";

tell("Firefox", start);
