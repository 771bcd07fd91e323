package org.referralhub.dialect;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The element names of an XSD. Xerces says only which elements it expected, and lists optional ones too; with these one can
 * tell a sender which field is missing.
 *
 * @param declared every element the schema knows
 * @param optional elements that may be left out somewhere
 * @param required elements that may not be left out somewhere
 */
record XsdNames(Set<String> declared, Set<String> optional, Set<String> required) {
    private static final String XSD = "http://www.w3.org/2001/XMLSchema";

    static XsdNames of(Iterable<Document> schemas) {
        Set<String> declared = new HashSet<>();
        Set<String> optional = new HashSet<>();
        Set<String> required = new HashSet<>();
        for (Document schema : schemas) {
            NodeList elements = schema.getElementsByTagNameNS(XSD, "element");
            for (int i = 0; i < elements.getLength(); i++) {
                Element element = (Element) elements.item(i);
                String reference = element.getAttribute("ref");
                String name = reference.isEmpty()
                        ? element.getAttribute("name")
                        : reference.substring(reference.indexOf(':') + 1);
                declared.add(name);
                boolean global = element.getParentNode() == schema.getDocumentElement();
                if (!global) {
                    (element.getAttribute("minOccurs").equals("0") ? optional : required).add(name);
                }
            }
        }
        return new XsdNames(Set.copyOf(declared), Set.copyOf(optional), Set.copyOf(required));
    }

    /** Which of the elements expected in one place is the one that is missing. */
    Optional<String> missing(List<String> expected) {
        return expected.stream()
                .filter(name -> !optional.contains(name))
                .findFirst()
                .or(() -> expected.stream().filter(required::contains).findFirst());
    }
}
