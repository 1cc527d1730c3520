package dev.sallyport.posture;

import dev.sallyport.device.FailingCheck;
import dev.sallyport.device.Posture;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what Fleet says of a host. */
public final class FleetRecord {

    private static final String ABOUT = "/host";
    private static final List<String> SERIAL = List.of("/hardware_serial");
    private static final List<String> KEYS = List.of("/uuid", "/hardware_serial");

    /** More advice than anybody reads; every decision reads what is kept of a device. */
    private static final int MAX_FAILING = 100;

    private static final Set<String> UNLOCKED = Set.of("unlocked", "");
    private static final Set<String> NOTHING_PENDING = Set.of("unlock", "");

    private FleetRecord() {}

    /**
     * The text that Fleet finds a host by.
     *
     * <p>NB. Fleet also finds by host name, and takes the first of several: so what is found has to be compared.
     */
    public static String identifier(Keys keys) {
        return keys.serial().orElse(keys.deviceId());
    }

    public static Answer answer(String json, Keys keys, Instant now) {
        var host = host(json);
        if (host.isEmpty()) return new Outage("Fleet's answer is not a host as Fleet describes it.");
        boolean same = keys.serial()
                .map(serial -> host.get().is(serial, SERIAL))
                .orElseGet(() -> host.get().is(keys.deviceId(), KEYS));
        return same ? new Found(posture(host.get(), now)) : new NotFound();
    }

    /** What the host may be registered by. */
    public static Set<String> keys(String json) {
        return host(json).map(host -> host.keys(KEYS)).orElse(Set.of());
    }

    private static Optional<Stated> host(String json) {
        return Stated.read(json).flatMap(answer -> answer.object(ABOUT));
    }

    private static Posture posture(Stated host, Instant now) {
        var failing = failing(host);
        return new Posture(
                observedAt(host, now),
                Optional.empty(),
                managed(host),
                compliant(host, failing),
                host.versionWithin("/os_version"),
                host.flag("/disk_encryption_enabled"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                host.count("/issues/critical_vulnerabilities_count"),
                failing,
                Map.of());
    }

    /**
     * When the oldest of what counts was looked at. Not {@code seen_time}: a host that is in touch every minute may report the
     * state of its disk once an hour.
     */
    private static Instant observedAt(Stated host, Instant now) {
        var details = host.observed("/detail_updated_at", now);
        var policies = host.observed("/policy_updated_at", now);
        return policies(host).isEmpty() || details.isBefore(policies) ? details : policies;
    }

    private static Optional<Boolean> managed(Stated host) {
        return host.text("/mdm/enrollment_status").flatMap(status -> {
            if (status.equals("On") || status.startsWith("On (")) return Optional.of(true);
            return status.equals("Off") || status.equals("Pending") ? Optional.of(false) : Optional.empty();
        });
    }

    /**
     * Fleet has policies and no word for compliant. All of them pass: compliant; one fails: not; one that did not run yet, or
     * none at all: unknown. A device that Fleet locks or wipes is not compliant whatever its policies say; where it cannot be
     * read whether it does, that is unknown.
     */
    private static Optional<Boolean> compliant(Stated host, List<FailingCheck> failing) {
        var counted = host.count("/issues/failing_policies_count");
        if (!failing.isEmpty() || counted.filter(count -> count > 0).isPresent()) return Optional.of(false);
        boolean clear = (counted.isPresent() || host.silent("/issues/failing_policies_count"))
                && says(host, "/mdm/device_status", UNLOCKED)
                && says(host, "/mdm/pending_action", NOTHING_PENDING);
        if (!clear) return Optional.empty();
        var policies = policies(host);
        boolean all = !policies.isEmpty()
                && policies.stream()
                        .allMatch(policy ->
                                policy.text("/response").filter("pass"::equals).isPresent());
        return all ? Optional.of(true) : Optional.empty();
    }

    /** Whether it is one of these words that stands there, or nothing does. */
    private static boolean says(Stated host, String pointer, Set<String> words) {
        return host.silent(pointer)
                || Optional.ofNullable(host.record().at(pointer).textValue())
                        .filter(words::contains)
                        .isPresent();
    }

    private static List<FailingCheck> failing(Stated host) {
        var failing = new ArrayList<FailingCheck>();
        host.text("/mdm/device_status")
                .filter(status -> !status.equals("unlocked"))
                .ifPresent(status -> failing.add(
                        new FailingCheck("The device is " + status + " by its management", Optional.empty())));
        host.text("/mdm/pending_action")
                .filter(Set.of("lock", "wipe")::contains)
                .ifPresent(action ->
                        failing.add(new FailingCheck("A " + action + " of the device is pending", Optional.empty())));
        policies(host).stream()
                .filter(policy ->
                        policy.text("/response").filter("fail"::equals).isPresent())
                .map(policy ->
                        new FailingCheck(policy.text("/name").orElse("A policy of Fleet"), policy.text("/resolution")))
                .limit(MAX_FAILING)
                .forEach(failing::add);
        return List.copyOf(failing);
    }

    /** Empty, so that compliant is unknown, when the list as a whole cannot be read. */
    private static List<Stated> policies(Stated host) {
        return host.objects("/policies").orElse(List.of());
    }
}
