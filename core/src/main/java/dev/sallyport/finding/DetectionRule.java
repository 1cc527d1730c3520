package dev.sallyport.finding;

import static dev.sallyport.finding.DetectionRule.Response.END_ELEVATION;
import static dev.sallyport.finding.DetectionRule.Response.END_SESSION;
import static dev.sallyport.finding.DetectionRule.Response.NOTIFY;
import static dev.sallyport.finding.DetectionRule.Response.REQUIRE_FRESH_AUTHENTICATION;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.access.Schedule;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What an organisation wants to hear of, and what is to be done then.
 *
 * @param enabled absent for yes
 * @param responses in the order in which they are taken; none only raises a finding
 * @param schedule when privileged work is expected; of {@code outside-schedule} only
 * @param count how many, 2 to 1,000; of {@code admin-burst} and {@code refusals} only
 * @param within in what time, up to a day; as {@code count}
 * @param unused in what time no use was made, up to ten years; of {@code dormant-privilege} only
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DetectionRule(
        String name,
        Kind kind,
        Optional<Boolean> enabled,
        Severity severity,
        List<Response> responses,
        Optional<Schedule> schedule,
        Optional<Integer> count,
        Optional<Duration> within,
        Optional<Duration> unused) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LONGEST_UNUSED = Duration.ofDays(3_650);
    private static final Set<Response> OF_A_SESSION = EnumSet.allOf(Response.class);
    private static final Set<Response> ONLY_TOLD = EnumSet.of(NOTIFY);

    /**
     * What is detected.
     *
     * <p>NB. What others can bring about for somebody ends nothing of theirs: whoever types wrong passwords in an
     * administrator's name would otherwise lock them out, and so would whoever gives them a role.
     */
    public enum Kind {
        /** A session's browser comes from another network than before. */
        NETWORK_CHANGE(OF_A_SESSION),
        /** A session's browser comes from another country than before. */
        COUNTRY_CHANGE(OF_A_SESSION),
        /** A session is shown another device than the one that it was started on. */
        DEVICE_CHANGE(OF_A_SESSION),
        /** Privileged work at another time than expected. */
        OUTSIDE_SCHEDULE(OF_A_SESSION),
        /** Many changes by Keycloak's administration in a short time. */
        ADMIN_BURST(OF_A_SESSION),
        /** A role, or a membership that matters, given past the privileges. */
        GIVEN_OUTSIDE(ONLY_TOLD),
        /** An elevation that ended without anything done with it. */
        ELEVATION_UNUSED(ONLY_TOLD),
        /** An emergency. */
        EMERGENCY_USED(EnumSet.of(NOTIFY, REQUIRE_FRESH_AUTHENTICATION, END_ELEVATION, END_SESSION)),
        /** Refused attempts of somebody, one after the other. */
        REFUSALS(ONLY_TOLD),
        /** A privileged role that is held for good, or an eligibility, of which no use was made in a long time. */
        DORMANT_PRIVILEGE(ONLY_TOLD),
        /** Something of the audit log is not as the log committed itself to. */
        SEQUENCE_GAP(ONLY_TOLD);

        private final Set<Response> possible;

        Kind(Set<Response> possible) {
            this.possible = possible;
        }

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** How bad that is. */
    public enum Severity {
        LOW,
        MEDIUM,
        HIGH,
        CRITICAL;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done about it, without anybody having to come. */
    public enum Response {
        /** Mail to those who manage. */
        NOTIFY,
        /** Nothing more is had by the session until its user has authenticated anew. */
        REQUIRE_FRESH_AUTHENTICATION,
        /** Ends the elevations in effect in the session. */
        END_ELEVATION,
        /** Ends the session, with back-channel logout. */
        END_SESSION,
        /** Blocks the device of the session, or the one that was shown instead. */
        BLOCK_DEVICE,
        /** Disables the user. */
        DISABLE_USER;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public DetectionRule {
        DocumentName.check(name);
        if (kind == null) throw new DocumentFault("kind", "is required");
        if (severity == null) throw new DocumentFault("severity", "is required");
        responses = responses == null ? List.of() : List.copyOf(responses);
        for (int i = 0; i < responses.size(); i++) {
            if (!kind.possible.contains(responses.get(i))) {
                throw new DocumentFault(
                        "responses[" + i + "]",
                        "is not possible for " + kind.id() + ", which others could bring about to do harm by it");
            }
            if (responses.indexOf(responses.get(i)) < i) {
                throw new DocumentFault("responses[" + i + "]", "is there already");
            }
        }
        boolean counts = kind == Kind.ADMIN_BURST || kind == Kind.REFUSALS;
        belongs("schedule", schedule.isPresent(), kind == Kind.OUTSIDE_SCHEDULE, kind);
        belongs("count", count.isPresent(), counts, kind);
        belongs("within", within.isPresent(), counts, kind);
        belongs("unused", unused.isPresent(), kind == Kind.DORMANT_PRIVILEGE, kind);
        if (count.filter(n -> n < 2 || n > 1_000).isPresent()) {
            throw new DocumentFault("count", "must be from 2 to 1000");
        }
        bounded("within", within, LONGEST, "P1D");
        bounded("unused", unused, LONGEST_UNUSED, "P3650D");
    }

    private static void bounded(String field, Optional<Duration> time, Duration longest, String spelt) {
        if (time.filter(length -> length.compareTo(SHORTEST) < 0 || length.compareTo(longest) > 0)
                .isPresent()) {
            throw new DocumentFault(field, "must be from PT1S to " + spelt);
        }
    }

    private static void belongs(String field, boolean present, boolean wanted, Kind kind) {
        if (wanted && !present) throw new DocumentFault(field, "is required for " + kind.id());
        if (present && !wanted) throw new DocumentFault(field, "is not a field of " + kind.id());
    }

    /** @throws DocumentFault with the path of the fault */
    public static DetectionRule read(String json) {
        return Documents.read(json, DetectionRule.class);
    }

    /**
     * How long what happened counts, of a kind that counts.
     *
     * <p>NB. Refusals are kept by the minute, at the time of the first one: of less, most would count for too short a time.
     */
    public Duration span() {
        var asked = within.orElseThrow();
        return kind == Kind.REFUSALS && asked.compareTo(MINUTE) < 0 ? MINUTE : asked;
    }

    public boolean on() {
        return enabled.orElse(true);
    }
}
