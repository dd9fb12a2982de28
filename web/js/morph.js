// Morphing: new HTML is fitted onto the old, keeping what the user has done to it.
import { Idiomorph } from "idiomorph";

/** Elements that build their inside themselves: their attributes follow, their inside stays. */
const OWN = new Set(["ZK-COPY", "ZK-TAGS", "ZK-PICK", "ZK-REGION", "ZK-FILE", "ZK-WHEN", "ZK-FILTER"]);

const callbacks = {
  beforeNodeMorphed(old, fresh) {
    if (!(old instanceof Element)) return true;
    if (old.matches(".pick input")) return false;
    if (!OWN.has(old.tagName)) return true;
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    return false;
  },
  beforeNodeRemoved: (node) => !node.classList?.contains("col-grip"),
  // Placed menus and grown text areas carry styles set by scripts; the active row and what was just saved are marked by class.
  beforeAttributeUpdated: (name, node) => name !== "style" && !(name === "open" && node.tagName === "DETAILS") && !(name === "class" && (node.classList.contains("active") || node.classList.contains("saved"))),
};

export const morph = (old, fresh, morphStyle = "outerHTML") => Idiomorph.morph(old, fresh, { morphStyle, callbacks });
