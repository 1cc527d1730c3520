package dev.sallyport.detection.realm;

import dev.sallyport.finding.DetectionRule.Response;
import java.util.Optional;

/**
 * A response that is to be taken.
 *
 * @param what kind and severity, for people
 * @param userId whom the finding concerns
 * @param deviceId the device that was shown
 * @param provoked whether somebody else may have brought about what was found
 */
record Pending(
        Response response,
        String rule,
        String what,
        String finding,
        String userId,
        Optional<String> sessionId,
        Optional<String> elevationId,
        Optional<String> deviceId,
        boolean provoked) {}
