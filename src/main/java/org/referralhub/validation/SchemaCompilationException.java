package org.referralhub.validation;

/** A JSON Schema that can't be used: not there, not JSON, not a schema, or it refers to something outside its folder. */
public final class SchemaCompilationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SchemaCompilationException(String message, Throwable cause) {
        super(message, cause);
    }
}
