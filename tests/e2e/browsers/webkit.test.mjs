import { tell } from "./stories.mjs";
import { start } from "./webkit.mjs";

tell("WebKitGTK", start);
