package dev.sallyport.detection.realm;

import dev.sallyport.finding.DetectionRule;
import dev.sallyport.finding.DetectionRule.Response;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A response that is to be taken.
 *
 * @param what kind and severity, for people
 * @param userId whom the finding concerns; empty where it is about the realm
 * @param deviceId the device that was shown
 * @param withheld whether it is only recorded, since it could hit somebody who had no hand in what was found
 */
record Pending(
        Response response,
        String rule,
        String what,
        String finding,
        Optional<String> userId,
        Optional<String> sessionId,
        Optional<String> elevationId,
        Optional<String> deviceId,
        boolean withheld) {

    /** What a rule has to be done about a finding in which nobody else had a hand, and that is of no session. */
    static Stream<Pending> by(DetectionRule rule, String finding, String userId) {
        return rule.responses().stream()
                .map(response -> new Pending(
                        response,
                        rule.name(),
                        what(rule),
                        finding,
                        Optional.of(userId),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false));
    }

    static String what(DetectionRule rule) {
        return rule.kind().id() + ", " + rule.severity().id();
    }
}
