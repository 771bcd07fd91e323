package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.format.Format;
import com.networknt.schema.keyword.DisallowUnknownKeywordFactory;
import com.networknt.schema.keyword.FormatValidator;
import com.networknt.schema.keyword.KeywordFactory;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.path.PathType;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.resource.InputStreamSource;
import com.networknt.schema.resource.SchemaLoader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A folder of JSON Schemas (2020-12) that may refer to each other by relative {@code $ref} and to nothing else: no network,
 * no class path, no file outside the folder.
 *
 * <p>A keyword that JSON Schema does not know is a mistake, since it would silently check nothing; those that begin with
 * {@code x-} are notes. {@code format} is asserted, and a pattern must be one that RE2/J runs, which is in linear time.
 */
public final class SchemaSet {
    private final Path folder;
    private final Map<URI, JsonNode> documents = new ConcurrentHashMap<>();
    private final SchemaRegistry registry;

    private SchemaSet(Path folder) {
        this.folder = folder;
        Dialect dialect = dialect();
        this.registry = SchemaRegistry.withDialect(dialect, builder -> builder.schemaLoader(new FolderLoader())
                .schemaRegistryConfig(SchemaRegistryConfig.builder()
                        .formatAssertionsEnabled(true)
                        .pathType(PathType.JSON_POINTER)
                        .preloadSchema(true)
                        .regularExpressionFactory(SchemaSet::regularExpression)
                        .build()));
    }

    /** The schemas under this folder, as they are when they are first used. A changed folder wants a new set. */
    public static SchemaSet of(Path folder) {
        return new SchemaSet(folder.toAbsolutePath().normalize());
    }

    Path folder() {
        return folder;
    }

    SchemaRegistry registry() {
        return registry;
    }

    /**
     * The document at this address without its fragment.
     *
     * @throws SchemaException when it lies outside the folder, is not there or is not JSON
     */
    JsonNode document(URI address) {
        URI whole = withoutFragment(address);
        JsonNode known = documents.get(whole);
        if (known != null) {
            return known;
        }
        StrictJson.Parsed parsed = StrictJson.parse(bytes(whole));
        JsonNode tree = parsed.tree();
        if (tree == null) {
            throw new SchemaException(whole + " is not JSON: "
                    + parsed.findings().stream()
                            .map(finding -> finding.line() + ":" + finding.column() + " "
                                    + finding.message().en())
                            .collect(Collectors.joining("; ")));
        }
        documents.put(whole, tree);
        return tree;
    }

    private byte[] bytes(URI address) {
        if (!"file".equals(address.getScheme())) {
            throw new SchemaException(address + " is not a file; schemas refer to files of their own folder only");
        }
        Path file = Path.of(address).normalize();
        if (!file.startsWith(folder)) {
            throw new SchemaException(file + " is outside the folder of schemas");
        }
        try {
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw new SchemaException(file + " leads outside the folder of schemas");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new SchemaException(file + " is not there");
        } catch (IOException e) {
            throw new SchemaException(file + " can't be read");
        }
    }

    static URI withoutFragment(URI address) {
        String text = address.toString();
        int fragment = text.indexOf('#');
        return fragment < 0 ? address : URI.create(text.substring(0, fragment));
    }

    private static Dialect dialect() {
        Dialect standard = Dialects.getDraft202012();
        KeywordFactory notes = (keyword, context) -> keyword.startsWith("x-")
                ? new NonValidationKeyword(keyword)
                : DisallowUnknownKeywordFactory.getInstance().getKeyword(keyword, context);
        return Dialect.builder(standard)
                .unknownKeywordFactory(notes)
                .formats(formats -> formats.replaceAll((name, format) -> new BoundedFormat(format)))
                .build();
    }

    private static RegularExpression regularExpression(String pattern) {
        Pattern compiled = Pattern.compile(pattern.replaceAll("\\\\u([0-9a-fA-F]{4})", "\\\\x{$1}"));
        return text -> compiled.matcher(text).find();
    }

    /** A format that no very long text has: some of the validator's own are regular expressions that a long one overflows. */
    private record BoundedFormat(Format format) implements Format {
        private static final int MAX_LENGTH = 2048;

        @Override
        public String getName() {
            return format.getName();
        }

        @Override
        public String getMessageKey() {
            return format.getMessageKey();
        }

        @Override
        public boolean matches(
                ExecutionContext execution,
                SchemaContext context,
                JsonNode node,
                JsonNode root,
                NodePath path,
                boolean asserted,
                FormatValidator validator) {
            boolean tooLong = node.isTextual() && node.textValue().length() > MAX_LENGTH;
            return !tooLong && format.matches(execution, context, node, root, path, asserted, validator);
        }
    }

    /** Loads from the folder whatever a schema refers to, and refuses the rest. */
    private final class FolderLoader extends SchemaLoader {
        FolderLoader() {
            super(List.of(), List.of());
        }

        @Override
        public InputStreamSource getSchemaResource(AbsoluteIri address) {
            byte[] bytes = bytes(URI.create(address.toString()));
            return () -> new ByteArrayInputStream(bytes);
        }
    }
}
