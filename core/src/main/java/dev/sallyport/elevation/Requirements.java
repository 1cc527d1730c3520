package dev.sallyport.elevation;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.Subject;
import dev.sallyport.access.Unmet;
import dev.sallyport.device.Recognition;
import dev.sallyport.expression.Pattern;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What must hold for somebody to get a privilege, besides being eligible. The form that shows the rules and the act that
 * enforces them ask here alike.
 */
public final class Requirements {

    /** How many requests of one user may be open. */
    public static final int MOST_OPEN = 50;

    private Requirements() {}

    /** Whether somebody may have it at all. Who has it in an emergency need not be eligible otherwise. */
    public static boolean eligible(Privilege privilege, boolean emergency, Subject holder, Instant now) {
        if (!emergency) return privilege.eligible().admits(holder, now);
        return privilege
                .emergency()
                .filter(rule -> rule.eligible().include(holder))
                .isPresent();
    }

    /** When a user asks for a privilege, or makes use of one that was granted for later. */
    public static Analysis toActivate(
            Privilege privilege,
            Wish wish,
            Authentication authentication,
            Recognition device,
            Situation situation,
            Instant now) {
        var analysis = new Analysis.Builder();
        said(analysis, privilege, wish);
        shown(analysis, privilege, authentication, device, now);
        if (!wish.emergency()) scheduled(analysis, privilege, wish.start());
        standing(analysis, situation);
        analysis.rule("oneActive", !situation.occupied(), "none", "one");
        analysis.rule("openRequests", situation.open() < MOST_OPEN, "fewer than " + MOST_OPEN, situation.open());
        if (wish.emergency()) emergency(analysis, privilege, situation);
        return analysis.done();
    }

    /** When the last approval is given, and the user is not there. */
    public static Analysis toBeGranted(Privilege privilege, Instant start, Duration length, Situation situation) {
        var analysis = new Analysis.Builder();
        // NB. It may have been longer when the request was made.
        var max = privilege.activation().maxDuration();
        analysis.rule("maxDuration", length.compareTo(max) <= 0, max, length);
        scheduled(analysis, privilege, start);
        standing(analysis, situation);
        return analysis.done();
    }

    /** When somebody votes about a request of somebody else. */
    public static Analysis toDecide(
            Privilege privilege,
            Authentication authentication,
            Recognition device,
            boolean locked,
            boolean editor,
            Instant now) {
        var analysis = new Analysis.Builder();
        privilege
                .approval()
                .flatMap(approval -> approval.approverAcr())
                .ifPresent(acr -> analysis.rule(Analysis.ACR, authentication.unmetAcr(acr)));
        privilege.activation().device().ifPresent(required -> analysis.rules("device", required.unmet(device, now)));
        analysis.rule("lock", !locked, "none", "locked");
        analysis.rule("lastEditor", !editor, "somebody else", "the approver");
        return analysis.done();
    }

    private static void said(Analysis.Builder analysis, Privilege privilege, Wish wish) {
        privilege
                .activation()
                .justification()
                .ifPresent(pattern ->
                        analysis.rule("justification", matched("justification", pattern, wish.justification())));
        privilege
                .activation()
                .ticket()
                .ifPresent(pattern -> analysis.rule("ticket", matched("ticket", pattern, wish.ticket())));
    }

    private static Optional<Unmet> matched(String control, Pattern pattern, Optional<String> text) {
        if (text.filter(pattern::matches).isPresent()) return Optional.empty();
        return Optional.of(Unmet.of(control, pattern, Optional.of(text.orElse(""))));
    }

    private static void shown(
            Analysis.Builder analysis,
            Privilege privilege,
            Authentication authentication,
            Recognition device,
            Instant now) {
        var activation = privilege.activation();
        activation.acr().ifPresent(acr -> analysis.rule(Analysis.ACR, authentication.unmetAcr(acr)));
        activation
                .freshAuthentication()
                .ifPresent(age -> analysis.rule(Analysis.FRESH, authentication.unmetAge(age, now)));
        activation.device().ifPresent(required -> analysis.rules("device", required.unmet(device, now)));
        if (activation.boundTo() == BoundTo.DEVICE) {
            analysis.rule("device.proven", device.known().isPresent(), true, false);
        }
    }

    private static void scheduled(Analysis.Builder analysis, Privilege privilege, Instant start) {
        privilege
                .activation()
                .schedule()
                .ifPresent(schedule -> analysis.rule("schedule", schedule.covers(start), "within the schedule", start));
    }

    private static void standing(Analysis.Builder analysis, Situation situation) {
        analysis.rule(
                "incompatibleWith",
                situation.conflicting().isEmpty(),
                "none of them",
                String.join(", ", situation.conflicting()));
        analysis.rule("lock", !situation.locked(), "none", "locked");
        analysis.rule("lastEditor", !situation.editor(), "somebody else", "the requester");
    }

    private static void emergency(Analysis.Builder analysis, Privilege privilege, Situation situation) {
        int perDay = privilege.emergency().map(rule -> rule.perDay()).orElse(0);
        analysis.rule("emergency.perDay", situation.emergencies() < perDay, perDay, situation.emergencies());
        analysis.rule("emergency.reviewed", !situation.unreviewed(), true, false);
        // NB. A document that could be written without it lets nobody past an approval on a weak login.
        analysis.rule("emergency.acr", privilege.activation().acr().isPresent(), "set", "not set");
    }
}
