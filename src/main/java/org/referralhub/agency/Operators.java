package org.referralhub.agency;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

/** Everyone who may watch or work the hub. Immutable and safe to share. */
public final class Operators {
    private final Map<String, Operator> operators;
    private final Secrets secrets;

    /**
     * From what is already checked.
     *
     * @param operators all of them, with different ids
     * @param secrets secret by operator id
     */
    Operators(Collection<Operator> operators, Map<String, char[]> secrets) {
        Map<String, Operator> byId = new LinkedHashMap<>();
        operators.forEach(operator -> byId.put(operator.id(), operator));
        this.operators = Collections.unmodifiableMap(byId);
        this.secrets = new Secrets(secrets);
    }

    /**
     * Reads {@code config/operators.yaml} if there is one, and in the demo {@code config/demo/operators.yaml} too.
     * Everything wrong is added to the faults, also an id that an agency has: one name would have two secrets.
     *
     * @param demo true for the demo profile, the only one where a secret may stand in the file
     */
    public static Operators load(HubHome home, boolean demo, AgencyRegistry agencies, Faults faults) {
        OperatorFiles files = new OperatorFiles(home, agencies, new SecretSource(home, demo, System::getenv), faults);
        files.read(demo);
        return new Operators(files.operators(), files.secrets());
    }

    /** Operators for tests and tools. */
    public static Operators of(Collection<Operator> operators, Map<String, String> secrets) {
        Map<String, char[]> characters = new HashMap<>();
        secrets.forEach((id, secret) -> characters.put(id, secret.toCharArray()));
        return new Operators(operators, characters);
    }

    /** The operator with this user name. */
    public Optional<Operator> find(@Nullable String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(operators.get(id));
    }

    /** All operators, in the order of the file. */
    public Collection<Operator> all() {
        return operators.values();
    }

    /** True when it is this operator's secret; in constant time, also for one that does not exist. */
    public boolean authenticate(@Nullable String id, char @Nullable [] secret) {
        return secrets.matches(id, secret);
    }

    /** Another one as soon as the operator's secret is another one; means nothing outside this process. */
    public String fingerprint(String id) {
        return secrets.fingerprint(id);
    }

    @Override
    public String toString() {
        return "Operators[" + operators.size() + "]";
    }
}
