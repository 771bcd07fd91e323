package org.referralhub.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
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
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who may watch or work the hub. */
@RestController
@RequestMapping(path = "/api/v1/users", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Users", description = "For administrators: who may do what. They stand in `config/operators.yaml`.")
class UsersController {
    private final Supplier<Operators> operators;
    private final LoginLog log;
    private final Clock clock;

    UsersController(Supplier<Operators> operators, LoginLog log, Clock clock) {
        this.operators = operators;
        this.log = log;
        this.clock = clock;
    }

    /**
     * One user.
     *
     * @param lastSeen when the secret was last right, on this node since it started
     * @param lastFailed when it was last wrong, likewise
     * @param lockedUntil until when the next try has to wait; null when it has not to
     */
    @Schema(name = "User")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record UserAnswer(
            String id,
            Set<OperatorRole> roles,
            @Nullable Instant lastSeen,
            @Nullable Instant lastFailed,
            @Nullable Instant lockedUntil) {}

    @GetMapping
    @Operation(
            summary = "Users and their roles",
            description = "Without secrets. When somebody was last seen is what this node knows since it started.")
    @ApiResponse(responseCode = "200", description = "Every user, in the order of the file")
    List<UserAnswer> users() {
        Instant now = clock.instant();
        return operators.get().all().stream()
                .map(operator -> answer(operator, now))
                .toList();
    }

    private UserAnswer answer(Operator operator, Instant now) {
        LoginLog.Entry entry = log.of(operator.id());
        return new UserAnswer(
                operator.id(),
                new TreeSet<>(operator.roles()),
                entry.lastSeen(),
                entry.lastFailed(),
                entry.isHeld(now) ? entry.heldUntil() : null);
    }
}
