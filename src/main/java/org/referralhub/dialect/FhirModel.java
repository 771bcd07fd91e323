package org.referralhub.dialect;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildChoiceDefinition;
import ca.uhn.fhir.context.RuntimeChildExtension;
import ca.uhn.fhir.context.RuntimeChildPrimitiveEnumerationDatatypeDefinition;
import ca.uhn.fhir.context.RuntimeChildResourceDefinition;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.instance.model.api.IBaseBooleanDatatype;
import org.hl7.fhir.instance.model.api.IBaseDecimalDatatype;
import org.hl7.fhir.instance.model.api.IBaseIntegerDatatype;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.Extension;
import org.jspecify.annotations.Nullable;

/**
 * What FHIR R4 allows where, from the model of HAPI FHIR, and HAPI's own parsers. HAPI reads its classes at the first
 * document, which takes a second or two once; a hub whose agencies speak no FHIR never pays for it.
 */
final class FhirModel {
    /** What stands in an element. */
    enum Form {
        BOOLEAN,
        NUMBER,
        TEXT,
        COMPOSITE,
        RESOURCE,
        /** The narrative for people; nothing in it is read. */
        XHTML
    }

    /** One element of a type or resource. */
    static final class Element {
        private final BaseRuntimeChildDefinition child;
        private final BaseRuntimeElementDefinition<?> type;
        private final Form form;
        private final List<String> codes;

        private Element(BaseRuntimeChildDefinition child, BaseRuntimeElementDefinition<?> type, Form form) {
            this.child = child;
            this.type = type;
            this.form = form;
            this.codes = codes(child);
        }

        Form form() {
            return form;
        }

        boolean isPrimitive() {
            return form == Form.BOOLEAN || form == Form.NUMBER || form == Form.TEXT;
        }

        boolean isRepeated() {
            return child.getMax() < 0 || child.getMax() > 1;
        }

        /** Name of the choice that this is one of; null when it is none. */
        @Nullable
        String choice() {
            return child instanceof RuntimeChildChoiceDefinition ? child.getElementName() : null;
        }

        /** Name of the FHIR type, for example {@code dateTime}. */
        String typeName() {
            return type.getName();
        }

        /** The type's own elements; null when it has none. */
        @Nullable
        Composite composite() {
            return type instanceof BaseRuntimeElementCompositeDefinition<?> composite ? Composite.of(composite) : null;
        }

        /** The codes that may stand here; empty when any may. */
        List<String> codes() {
            return codes;
        }

        private static List<String> codes(BaseRuntimeChildDefinition child) {
            List<String> names = new ArrayList<>();
            if (child instanceof RuntimeChildPrimitiveEnumerationDatatypeDefinition enumeration) {
                for (Object constant : enumeration.getBoundEnumType().getEnumConstants()) {
                    String code = code(constant);
                    if (code != null && !code.equals("?")) {
                        names.add(code);
                    }
                }
            }
            return List.copyOf(names);
        }

        /** Every enumeration of the model has this method, and no type in common that declares it. */
        private static @Nullable String code(Object constant) {
            try {
                return (String) constant.getClass().getMethod("toCode").invoke(constant);
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }

        /** True when the text is a value of the element's type. */
        boolean takes(String text) {
            if (!codes.isEmpty()) {
                return codes.contains(text);
            }
            try {
                ((IPrimitiveType<?>) type.newInstance(child.getInstanceConstructorArguments())).setValueAsString(text);
                return true;
            } catch (RuntimeException e) {
                // Its text may repeat the value.
                return false;
            }
        }
    }

    /** The elements of one type or resource. */
    static final class Composite {
        private static final Map<BaseRuntimeElementCompositeDefinition<?>, Composite> KNOWN = new ConcurrentHashMap<>();

        private final BaseRuntimeElementCompositeDefinition<?> definition;
        private final Map<String, Optional<Element>> elements = new ConcurrentHashMap<>();
        private final List<List<String>> required = new ArrayList<>();

        private Composite(BaseRuntimeElementCompositeDefinition<?> definition) {
            this.definition = definition;
            for (BaseRuntimeChildDefinition child : definition.getChildren()) {
                if (child.getMin() > 0) {
                    List<String> names = new ArrayList<>();
                    names.add(child.getElementName());
                    names.addAll(child.getValidChildNames());
                    required.add(List.copyOf(names));
                }
            }
        }

        private static Composite of(BaseRuntimeElementCompositeDefinition<?> definition) {
            return KNOWN.computeIfAbsent(definition, Composite::new);
        }

        /** What must be there: its name, and the names it may be written with. */
        List<List<String>> required() {
            return required;
        }

        /** The element of this name; null when there is none. */
        @Nullable
        Element element(String name) {
            Optional<Element> known = elements.get(name);
            if (known == null) {
                known = find(name);
                if (known.isPresent()) {
                    // Names that are none are without number, so only those that are some are kept.
                    elements.put(name, known);
                }
            }
            return known.orElse(null);
        }

        private Optional<Element> find(String name) {
            BaseRuntimeChildDefinition child = definition.getChildByName(name);
            if (child == null) {
                return Optional.empty();
            }
            if (child instanceof RuntimeChildExtension) {
                return Optional.of(new Element(child, extension(), Form.COMPOSITE));
            }
            if (child instanceof RuntimeChildResourceDefinition && !name.equals(child.getElementName())) {
                // HAPI's own name for a reference together with what it refers to; documents have no such element.
                return Optional.empty();
            }
            BaseRuntimeElementDefinition<?> type = child.getChildByName(name);
            return type == null ? Optional.empty() : form(type).map(form -> new Element(child, type, form));
        }

        private static BaseRuntimeElementDefinition<?> extension() {
            BaseRuntimeElementDefinition<?> extension = Hapi.CONTEXT.getElementDefinition(Extension.class);
            if (extension == null) {
                throw new IllegalStateException("the model has no extensions");
            }
            return extension;
        }

        private static Optional<Form> form(BaseRuntimeElementDefinition<?> type) {
            return switch (type.getChildType()) {
                case ID_DATATYPE -> Optional.of(Form.TEXT);
                case PRIMITIVE_DATATYPE -> Optional.of(primitive(type.getImplementingClass()));
                case COMPOSITE_DATATYPE, RESOURCE_BLOCK, EXTENSION_DECLARED, UNDECL_EXT -> Optional.of(Form.COMPOSITE);
                case RESOURCE, CONTAINED_RESOURCES, CONTAINED_RESOURCE_LIST -> Optional.of(Form.RESOURCE);
                case PRIMITIVE_XHTML, PRIMITIVE_XHTML_HL7ORG -> Optional.of(Form.XHTML);
            };
        }

        private static Form primitive(Class<?> type) {
            if (IBaseBooleanDatatype.class.isAssignableFrom(type)) {
                return Form.BOOLEAN;
            }
            return IBaseIntegerDatatype.class.isAssignableFrom(type)
                            || IBaseDecimalDatatype.class.isAssignableFrom(type)
                    ? Form.NUMBER
                    : Form.TEXT;
        }
    }

    /** Read when somebody first asks for it. */
    private static final class Hapi {
        static final FhirContext CONTEXT = FhirContext.forR4();

        static {
            CONTEXT.setParserErrorHandler(new StrictErrorHandler());
            // A resource keeps its id when its fullUrl ends with it; a child of whom nothing may be told has nothing
            // else.
            CONTEXT.getParserOptions().setOverrideResourceIdWithBundleEntryFullUrl(false);
        }

        private Hapi() {}
    }

    private FhirModel() {}

    /** The resource of this name; null when R4 has none. */
    static @Nullable Composite resource(String name) {
        return Hapi.CONTEXT.getResourceTypes().contains(name)
                ? Composite.of(Hapi.CONTEXT.getResourceDefinition(name))
                : null;
    }

    /** A type that has id and extensions, which is all that may accompany a primitive value. */
    static Composite extensible() {
        return Composite.of((BaseRuntimeElementCompositeDefinition<?>) Composite.extension());
    }

    /** True when HAPI's strict parser reads this JSON to the end. */
    static boolean reads(String json) {
        try {
            parser(false).parseResource(json);
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            // Its text may repeat what the document says.
            return false;
        }
    }

    /**
     * The XML form of a JSON document.
     *
     * @throws RuntimeException when HAPI can't read it, with a text that may hold values of the message
     */
    static String xml(String json) {
        IBaseResource resource = parser(false).parseResource(json);
        return parser(true).setPrettyPrint(true).encodeResourceToString(resource);
    }

    private static IParser parser(boolean xml) {
        return xml ? Hapi.CONTEXT.newXmlParser() : Hapi.CONTEXT.newJsonParser();
    }
}
