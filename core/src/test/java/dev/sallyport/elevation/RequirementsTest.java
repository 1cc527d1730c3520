package dev.sallyport.elevation;

import static dev.sallyport.elevation.Life.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.Unmet;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.ElevationRefusal.StrengthNeeded;
import dev.sallyport.privilege.Privilege;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequirementsTest {

    private static final String USUAL = "\"justification\":\"^.{10,}$\",\"ticket\":\"^CHG-\\\\d+$\",\"acr\":\"2\","
            + "\"freshAuthentication\":\"PT5M\"";
    private static final Recognition NO_DEVICE = Recognition.unrecognised(Reason.NO_PROOF);
    private static final Authentication STRONG = new Authentication(2, Map.of(), Optional.of(NOW));
    private static final Situation FREE = new Situation(false, false, List.of(), false, 0, 0, false);
    private static final Wish WISH = new Wish(Optional.of("to mend the ledger"), Optional.of("CHG-17"), NOW, false);

    @Test
    void whoeverMeetsEverythingMayHaveIt() {
        assertThat(unmet(privilege(USUAL), WISH, STRONG, FREE)).isEmpty();
    }

    @Test
    void reasonAndTicketMustMatchTheirPatternsAndMayNotBeLeftOut() {
        var brief = new Wish(Optional.of("because"), Optional.of("17"), NOW, false);
        var none = new Wish(Optional.empty(), Optional.empty(), NOW, false);

        assertThat(unmet(privilege(USUAL), brief, STRONG, FREE)).containsExactly("justification", "ticket");
        assertThat(unmet(privilege(USUAL), none, STRONG, FREE)).containsExactly("justification", "ticket");
    }

    @Test
    void strengthAloneIsAskedForInWordsThatTheUserCanFollow() {
        var weak = new Authentication(1, Map.of(), Optional.of(NOW.minus(Duration.ofMinutes(6))));
        var analysis = analysis(privilege(USUAL), WISH, weak, FREE);

        assertThatThrownBy(analysis::orRefuse).isInstanceOfSatisfying(StrengthNeeded.class, refusal -> {
            assertThat(refusal.acr()).contains("2");
            assertThat(refusal.maxAge()).contains(Duration.ofMinutes(5));
        });
    }

    @Test
    void nobodyIsSentToAuthenticateWhoWouldBeRefusedAllTheSame() {
        var weak = new Authentication(1, Map.of(), Optional.of(NOW));
        var locked = new Situation(true, false, List.of(), false, 0, 0, false);
        var analysis = analysis(privilege(USUAL), WISH, weak, locked);

        assertThatThrownBy(analysis::orRefuse).isInstanceOf(Forbidden.class);
    }

    @Test
    void levelThatTheRealmDoesNotKnowIsNeverReached() {
        assertThat(unmet(privilege("\"acr\":\"gold\""), WISH, STRONG, FREE)).containsExactly("acr");
    }

    @Test
    void unknownDeviceMeetsNothing() {
        assertThat(unmet(privilege("\"device\":{\"compliant\":true}"), WISH, STRONG, FREE))
                .containsExactly("device.compliant");
        assertThat(unmet(privilege("\"boundTo\":\"device\""), WISH, STRONG, FREE))
                .containsExactly("device.proven");
    }

    @Test
    void scheduleIsAskedAboutTheTimeAtWhichItBegins() {
        var weekday = privilege("\"schedule\":{\"days\":[\"MON\"],\"zone\":\"UTC\"}");
        var tomorrow = new Wish(Optional.empty(), Optional.empty(), NOW.plus(Duration.ofDays(1)), false);

        assertThat(unmet(weekday, new Wish(Optional.empty(), Optional.empty(), NOW, false), STRONG, FREE))
                .isEmpty();
        assertThat(unmet(weekday, tomorrow, STRONG, FREE)).containsExactly("schedule");
    }

    @Test
    void whatStandsInTheWayIsNamed() {
        var everything = new Situation(true, true, List.of("ledger-auditor"), true, 50, 3, true);

        assertThat(unmet(privilege("\"tokenLifespan\":\"PT5M\""), WISH, STRONG, everything))
                .containsExactly("incompatibleWith", "lock", "lastEditor", "oneActive", "openRequests");
    }

    @Test
    void fiftiethRequestIsTheLast() {
        var privilege = privilege("\"tokenLifespan\":\"PT5M\"");

        assertThat(unmet(privilege, WISH, STRONG, new Situation(false, false, List.of(), false, 49, 0, false)))
                .isEmpty();
        assertThat(unmet(privilege, WISH, STRONG, new Situation(false, false, List.of(), false, 50, 0, false)))
                .containsExactly("openRequests");
    }

    @Test
    void emergencySkipsTheScheduleAndNothingElse() {
        var tuesday = USUAL + ",\"schedule\":{\"days\":[\"TUE\"],\"zone\":\"UTC\"}";
        var alarm = new Wish(Optional.empty(), Optional.empty(), NOW, true);
        var weak = new Authentication(1, Map.of(), Optional.empty());

        assertThat(unmet(privilege(tuesday), alarm, weak, FREE))
                .containsExactly("justification", "ticket", "acr", "freshAuthentication");
    }

    @Test
    void emergenciesAreLimitedPerDayAndBlockedByOneThatNobodyReviewed() {
        var alarm = new Wish(WISH.justification(), WISH.ticket(), NOW, true);
        var often = new Situation(false, false, List.of(), false, 0, 3, false);
        var unreviewed = new Situation(false, false, List.of(), false, 0, 2, true);

        assertThat(unmet(privilege(USUAL), alarm, STRONG, often)).containsExactly("emergency.perDay");
        assertThat(unmet(privilege(USUAL), alarm, STRONG, unreviewed)).containsExactly("emergency.reviewed");
    }

    @Test
    void approverIsJudgedByTheirOwnStrengthAndDevice() {
        var privilege = privilege("\"device\":{\"proven\":true}");
        var weak = new Authentication(1, Map.of(), Optional.of(NOW));

        assertThat(controls(Requirements.toDecide(privilege, weak, NO_DEVICE, true, true, NOW)))
                .containsExactly("acr", "device.proven", "lock", "lastEditor");
    }

    @Test
    void requesterIsJudgedAgainWhenTheLastApprovalIsGiven() {
        var tuesday = privilege("\"schedule\":{\"days\":[\"TUE\"],\"zone\":\"UTC\"}");
        var since = new Situation(true, false, List.of("ledger-auditor"), true, 50, 0, false);

        assertThat(controls(Requirements.toBeGranted(tuesday, NOW, Duration.ofHours(5), since)))
                .containsExactly("maxDuration", "schedule", "incompatibleWith", "lock");
    }

    private static List<String> unmet(Privilege privilege, Wish wish, Authentication shown, Situation situation) {
        return controls(analysis(privilege, wish, shown, situation));
    }

    private static Analysis analysis(Privilege privilege, Wish wish, Authentication shown, Situation situation) {
        return Requirements.toActivate(privilege, wish, shown, NO_DEVICE, situation, NOW);
    }

    private static List<String> controls(Analysis analysis) {
        return analysis.unmet().stream().map(Unmet::control).toList();
    }

    private static Privilege privilege(String activation) {
        var emergency = activation.contains("\"acr\":\"2\"")
                ? ",\"emergency\":{\"eligible\":{\"users\":[\"ann\"]},\"maxDuration\":\"PT30M\",\"perDay\":3,"
                        + "\"officers\":{\"users\":[\"bob\"]}}"
                : "";
        return Privilege.read("{\"name\":\"ledger-db-admin\",\"displayName\":\"Ledger\",\"mode\":\"token\","
                + "\"grants\":{\"realmRoles\":[\"admin\"]},\"eligible\":{\"users\":[\"ann\"]},"
                + "\"activation\":{\"maxDuration\":\"PT4H\",\"defaultDuration\":\"PT1H\"," + activation + "},"
                + "\"approval\":{\"count\":1,\"approvers\":{\"users\":[\"bob\"]},\"approverAcr\":\"2\"}"
                + emergency + "}");
    }
}
