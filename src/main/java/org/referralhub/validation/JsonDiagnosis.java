package org.referralhub.validation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.JsonLocator.Place;

/** Everything that is wrong with a document as JSON, in the order of the document. */
final class JsonDiagnosis extends JsonScanner {
    private record Fault(int offset, Finding finding) {}

    private final byte[] json;
    private final List<Object> path = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    JsonDiagnosis(byte[] json) {
        super(json);
        this.json = json;
    }

    List<Finding> findings() {
        scan();
        Lines lines = new Lines(json);
        return faults.stream()
                .sorted(Comparator.comparingInt(Fault::offset))
                .map(fault -> {
                    Place place = lines.place(fault.offset);
                    return fault.finding.at(fault.finding.pointer(), place.line(), place.column());
                })
                .toList();
    }

    @Override
    void fault(Severity severity, String code, int offset, Map<String, ?> arguments) {
        if (faults.size() == Findings.MAX_PER_CHECK) {
            faults.add(new Fault(offset, Findings.more()));
            throw new Stop();
        }
        faults.add(new Fault(offset, Findings.of(severity, code, Pointers.of(path), arguments)));
    }

    @Override
    void descend(Object segment) {
        path.add(segment);
    }

    @Override
    void value(int offset) {
        // only faults are wanted
    }

    @Override
    void ascend() {
        path.remove(path.size() - 1);
    }
}
