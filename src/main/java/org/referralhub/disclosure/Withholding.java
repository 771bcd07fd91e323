package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;

/**
 * Which groups of fields a message holds, and what would be left of each where access to it is limited. One walk for a message,
 * however many recipients it has: what each of them is not shown follows from this and from its column of the file.
 */
final class Withholding {
    /** Groups of which at least one field is there. */
    final BitSet present = new BitSet();
    /** Groups of which limited access leaves something, as it is or reduced. */
    final BitSet left = new BitSet();
    /** Groups from which limited access takes something. */
    final BitSet cut = new BitSet();

    private Withholding() {}

    /** @param limited the rules of every field of this type of message */
    static Withholding of(ObjectNode message, Rule.Members limited) {
        Withholding found = new Withholding();
        found.members(message, limited);
        return found;
    }

    private void members(JsonNode from, Rule.Members rule) {
        for (Iterator<Map.Entry<String, JsonNode>> fields = from.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            Rule inner = rule.members().get(field.getKey());
            if (inner != null) {
                look(field.getValue(), inner);
            }
        }
    }

    private void look(JsonNode from, Rule rule) {
        if (rule instanceof Rule.Members members) {
            members(from, members);
        } else if (rule instanceof Rule.Items items) {
            from.forEach(item -> look(item, items.item()));
        } else if (rule instanceof Rule.Value value && from.isValueNode() && !from.isNull()) {
            present.set(value.group());
            JsonNode reduced = value.reduction().apply(from);
            // The notice only says that there is something.
            if (reduced != null && reduced != Reduction.NOTICE) {
                left.set(value.group());
            }
            if (!from.equals(reduced)) {
                cut.set(value.group());
            }
        }
    }
}
