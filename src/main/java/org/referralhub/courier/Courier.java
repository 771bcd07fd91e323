package org.referralhub.courier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.CourierSettings;
import org.referralhub.ledger.CourierLines;
import org.referralhub.ledger.CourierLines.Place;

/**
 * One agency's courier. When documents fail one after the other it leaves the agency alone: none is taken from the inbox, so
 * none uses up its time for nothing and none overtakes another. After a pause one is tried, and the pause grows until one is
 * taken.
 */
final class Courier implements AutoCloseable {
    private static final double GROWTH = 2;

    private final CourierSettings settings;
    private final Carrier carrier;
    private final Clock clock;
    private final CircuitBreaker circuit;

    /** What failed keeps the later ones of its referral waiting. */
    private final Turns turns;

    /** The circuit has let the next document pass; held until there is one. */
    private boolean permit;

    /** Nobody answers, and what has waited too long goes to the desk without being tried. */
    private boolean clearing;

    private @Nullable Instant heldUntil;
    private Instant lastLook = Instant.MIN;
    private @Nullable Instant lastTaken;
    private @Nullable Instant lastFailed;
    private @Nullable String lastCause;

    Courier(String agency, CourierSettings settings, Carrier carrier, CourierLines lines, Clock clock) {
        this.settings = settings;
        this.carrier = carrier;
        this.clock = clock;
        this.turns = new Turns(agency, lines, settings.longestPause().multipliedBy(2), clock);
        Duration longest = settings.longestPause().compareTo(settings.probeAfter()) > 0
                ? settings.longestPause()
                : settings.probeAfter();
        this.circuit = CircuitBreaker.of(
                agency,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.failures())
                        .minimumNumberOfCalls(settings.failures())
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitIntervalFunctionInOpenState(
                                IntervalFunction.ofExponentialBackoff(settings.probeAfter(), GROWTH, longest))
                        .clock(clock)
                        .build());
    }

    synchronized CourierStatus status() {
        Instant held = heldUntil;
        return new CourierStatus(
                way(),
                isLeftAlone(),
                held != null && clock.instant().isBefore(held) ? held : null,
                lastTaken,
                lastFailed,
                lastCause);
    }

    /** Not while the next document may be taken and there is none: nobody has asked the agency's system again, and nothing waits. */
    private boolean isLeftAlone() {
        return switch (circuit.getState()) {
            case OPEN -> true;
            case HALF_OPEN -> !permit;
            default -> false;
        };
    }

    /** True when nothing would change with these. */
    boolean goesBy(CourierSettings others) {
        return settings.equals(others);
    }

    String way() {
        return settings.transport().way();
    }

    /** Nothing is taken from the inbox now, because somebody has paused the agency. */
    void rest() {
        turns.rest();
    }

    /** True when the next document may be taken from the inbox. */
    boolean mayTake() {
        boolean may = isNextLetPass();
        if (!may) {
            turns.rest();
        }
        return may;
    }

    private synchronized boolean isNextLetPass() {
        if (clearing) {
            return true;
        }
        Instant now = clock.instant();
        if (now.plus(settings.probeAfter()).isBefore(lastLook)) {
            // What was decided by a clock that has been set back would last as much longer.
            heldUntil = null;
            circuit.reset();
        }
        lastLook = now;
        if (heldUntil != null && clock.instant().isBefore(heldUntil)) {
            return false;
        }
        if (!permit) {
            permit = circuit.tryAcquirePermission();
        }
        return permit;
    }

    /** Returns when the agency has taken it. */
    void bring(Document document) {
        List<Place> line = turns.line(document);
        try {
            bring(document, line);
        } catch (UndeliveredException e) {
            if (e.next() == UndeliveredException.Next.AGAIN) {
                turns.again(document);
            } else {
                turns.settled(document, line);
            }
            throw e;
        }
        turns.settled(document, line);
    }

    /** Returns when the agency has been told of it. In which order does not matter: it says nothing but that there is something. */
    void tell(Document document) {
        bring(document, List.of());
    }

    private void bring(Document document, List<Place> line) {
        boolean late = !clock.instant().isBefore(document.since().plus(settings.giveUpAfter()));
        if (!late && turns.mustWait(document, line)) {
            throw UndeliveredException.again("earlier-one-first");
        }
        admit(late);
        long began = System.nanoTime();
        try {
            carrier.bring(document);
            taken(System.nanoTime() - began);
        } catch (InterruptedException e) {
            // The hub stops, which says nothing of the agency and nothing of the document.
            Thread.currentThread().interrupt();
            circuit.releasePermission();
            throw UndeliveredException.again("stopped");
        } catch (UndeliveredException e) {
            throw failed(e, late, System.nanoTime() - began);
        } catch (RuntimeException e) {
            // Nobody has foreseen it, so nobody knows that trying again would help. Its text stays out of everything.
            throw failed(
                    UndeliveredException.refused("unexpected-" + e.getClass().getSimpleName()),
                    late,
                    System.nanoTime() - began);
        }
    }

    private synchronized void admit(boolean late) {
        if (clearing) {
            if (late) {
                throw UndeliveredException.givenUp(String.valueOf(lastCause));
            }
            clearing = false;
        }
        if (!isNextLetPass()) {
            throw UndeliveredException.again("left-alone");
        }
        permit = false;
    }

    private synchronized void taken(long nanos) {
        circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
        lastTaken = clock.instant();
        heldUntil = null;
    }

    private synchronized UndeliveredException failed(UndeliveredException failure, boolean late, long nanos) {
        lastFailed = clock.instant();
        lastCause = failure.code();
        if (failure.next() == UndeliveredException.Next.REFUSED) {
            // It answers, so the next one may fare better.
            circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
            return failure;
        }
        // Who says when to come again has not taken it either; some say so for days.
        circuit.onError(nanos, TimeUnit.NANOSECONDS, failure);
        Duration pause = failure.pause();
        if (pause != null) {
            heldUntil = clock.instant().plus(pause);
        }
        if (!late) {
            return failure;
        }
        clearing = circuit.getState() == CircuitBreaker.State.OPEN || isLong(pause);
        return UndeliveredException.givenUp(failure.code());
    }

    /** A short one only asks for less at once, and the other documents may still be taken. */
    private boolean isLong(@Nullable Duration pause) {
        return pause != null && pause.compareTo(settings.longestPause()) > 0;
    }

    @Override
    public void close() {
        carrier.close();
    }
}
