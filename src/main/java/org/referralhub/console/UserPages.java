package org.referralhub.console;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.LoginLog;
import org.referralhub.agency.Operator;
import org.referralhub.agency.OperatorRole;
import org.referralhub.agency.Operators;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Who may do what. They are changed in {@code config/operators.yaml}, and not here. */
@Controller
@Lazy
class UserPages {
    private final Supplier<Operators> operators;
    private final LoginLog log;
    private final Clock clock;

    UserPages(Supplier<Operators> operators, LoginLog log, Clock clock) {
        this.operators = operators;
        this.log = log;
        this.clock = clock;
    }

    /** @param lockedUntil null when the next try has not to wait */
    record Line(
            String id,
            Set<OperatorRole> roles,
            LoginLog.Entry entry,
            @Nullable Instant lockedUntil) {}

    @GetMapping("/users")
    String users(Model model) {
        Instant now = clock.instant();
        List<Line> lines = operators.get().all().stream()
                .map(operator -> line(operator, now))
                .toList();
        model.addAttribute("lines", lines);
        return "users";
    }

    private Line line(Operator operator, Instant now) {
        LoginLog.Entry entry = log.of(operator.id());
        return new Line(
                operator.id(), new TreeSet<>(operator.roles()), entry, entry.isHeld(now) ? entry.heldUntil() : null);
    }
}
