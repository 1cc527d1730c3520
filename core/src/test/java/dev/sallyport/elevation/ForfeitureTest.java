package dev.sallyport.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Subject;
import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.elevation.Forfeiture.Standing;
import dev.sallyport.logic.Truth;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForfeitureTest {

    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");
    private static final Subject MEMBER = new Person("/dba");
    private static final Subject ON_CALL = new Person("/oncall");
    private static final String APPROVAL = ",'approval':{'count':1,'approvers':{'groups':['/leads']}}";
    private static final Recognition NONE = Recognition.unrecognised(Reason.NO_PROOF);

    @Test
    void whoeverMeetsEverythingKeepsIt() {
        assertThat(lost(elevation(false, BoundTo.SESSION), Optional.of(MEMBER), false, NONE, ""))
                .isEmpty();
        assertThat(lost(
                        elevation(false, BoundTo.DEVICE),
                        Optional.of(MEMBER),
                        false,
                        device(true, Device.Status.ACTIVE),
                        ",'device':{'compliant':true}"))
                .isEmpty();
    }

    @Test
    void whoeverIsNotEligibleAnyMoreLosesIt() {
        var elevation = elevation(false, BoundTo.SESSION);

        assertThat(lost(elevation, Optional.of(ON_CALL), false, NONE, "")).contains(EndedBy.ELIGIBILITY);
        assertThat(lost(elevation, Optional.empty(), false, NONE, "")).contains(EndedBy.ELIGIBILITY);
        assertThat(Forfeiture.of(
                        elevation, new Standing(Optional.empty(), Optional.of(MEMBER), false, false, () -> NONE), NOW))
                .contains(EndedBy.ELIGIBILITY);
    }

    @Test
    void emergencyLastsAsLongAsWhoHasItMayHaveEmergencies() {
        var elevation = elevation(true, BoundTo.SESSION);

        assertThat(lost(elevation, Optional.of(ON_CALL), false, NONE, "")).isEmpty();
        assertThat(lost(elevation, Optional.of(MEMBER), false, NONE, "")).contains(EndedBy.ELIGIBILITY);
    }

    @Test
    void lockTakesIt() {
        assertThat(lost(elevation(false, BoundTo.SESSION), Optional.of(MEMBER), true, NONE, ""))
                .contains(EndedBy.LOCK);
    }

    @Test
    void deviceThatDoesNotMeetTheRuleTakesItWhateverItIsBoundTo() {
        var healthy = ",'device':{'compliant':true}";
        for (var boundTo : List.of(BoundTo.SESSION, BoundTo.DEVICE, BoundTo.USER)) {
            var elevation = elevation(false, boundTo);
            for (var device : List.of(NONE, device(false, Device.Status.ACTIVE), device(true, Device.Status.BLOCKED))) {
                assertThat(lost(elevation, Optional.of(MEMBER), false, device, healthy))
                        .contains(EndedBy.DEVICE);
            }
        }
    }

    @Test
    void whatIsBoundToADeviceIsLostWithItAlsoWithoutARule() {
        var elevation = elevation(false, BoundTo.DEVICE);

        assertThat(lost(elevation, Optional.of(MEMBER), false, NONE, "")).contains(EndedBy.DEVICE);
        assertThat(lost(elevation, Optional.of(MEMBER), false, device(true, Device.Status.BLOCKED), ""))
                .contains(EndedBy.DEVICE);
        assertThat(lost(elevation, Optional.of(MEMBER), false, device(false, Device.Status.ACTIVE), ""))
                .isEmpty();
    }

    private static Optional<EndedBy> lost(
            Elevation elevation, Optional<Subject> holder, boolean locked, Recognition device, String activation) {
        return Forfeiture.of(
                elevation,
                new Standing(Optional.of(privilege("'x'", activation, "")), holder, false, locked, () -> device),
                NOW);
    }

    private static Privilege privilege(String roles, String activation, String more) {
        return Privilege.read(Json.of("""
                {'name':'db-admin','displayName':'x','mode':'token','grants':{'realmRoles':[%s]},'eligible':{'groups':['/dba']},
                 'activation':{'maxDuration':'PT1H','defaultDuration':'PT1H','acr':'2'%s},
                 'emergency':{'eligible':{'groups':['/oncall']},'maxDuration':'PT1H','perDay':1,
                  'officers':{'groups':['/security']}}%s}""".formatted(roles, activation, more)));
    }

    private static Optional<EndedBy> lostWith(Privilege current, Elevation elevation, boolean editor) {
        return Forfeiture.of(
                elevation, new Standing(Optional.of(current), Optional.of(MEMBER), editor, false, () -> NONE), NOW);
    }

    @Test
    void privilegeThatGivesSomethingElseThanWhatWasAskedForIsLost() {
        var elevation = elevation(false, BoundTo.SESSION);

        assertThat(lostWith(privilege("'x','y'", "", ""), elevation, false)).contains(EndedBy.ELIGIBILITY);
        assertThat(lostWith(privilege("'y'", "", ""), elevation, false)).contains(EndedBy.ELIGIBILITY);
        assertThat(lostWith(privilege("'x'", ",'tokenLifespan':'PT5M'", APPROVAL), elevation, false))
                .isEmpty();
    }

    @Test
    void whatIsGrantedForLaterIsLostAlsoWhereOthersHaveToAgreeNow() {
        var later = elevation(false, BoundTo.SESSION, Status.SCHEDULED);

        assertThat(lostWith(privilege("'x'", "", ""), later, false)).isEmpty();
        assertThat(lostWith(privilege("'x'", "", APPROVAL), later, false)).contains(EndedBy.ELIGIBILITY);
    }

    @Test
    void whoEditedThePrivilegeLosesIt() {
        assertThat(lostWith(privilege("'x'", "", ""), elevation(false, BoundTo.SESSION), true))
                .contains(EndedBy.ELIGIBILITY);
    }

    @Test
    void orderInADocumentChangesNothing() {
        var one = Terms.of(privilege(
                "'x','y'",
                "",
                ",'approval':{'count':2,'approvers':{'groups':['/a','/b']}," + "'atLeast':{'/a':1,'/b':1}}"));
        var other = Terms.of(privilege(
                "'y','x'",
                "",
                ",'approval':{'count':2,'approvers':{'groups':['/b','/a']}," + "'atLeast':{'/b':1,'/a':1}}"));

        assertThat(one).isEqualTo(other);
    }

    private static Elevation elevation(boolean emergency, BoundTo boundTo) {
        return elevation(emergency, boundTo, Status.ACTIVE);
    }

    private static Elevation elevation(boolean emergency, BoundTo boundTo, Status status) {
        return new Elevation(
                "1",
                "db-admin",
                "ann",
                status,
                Optional.empty(),
                Optional.empty(),
                emergency,
                NOW,
                Optional.of(NOW),
                Optional.of(NOW),
                Optional.of(NOW.plusSeconds(60)),
                Duration.ofMinutes(1),
                Optional.empty(),
                List.of(),
                Optional.of("s"),
                Optional.of("laptop"),
                NOW.plusSeconds(60),
                boundTo,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Terms.of(privilege("'x'", "", ""))));
    }

    private static Recognition device(boolean compliant, Device.Status status) {
        var posture =
                Documents.read(Json.of("{'observedAt':'%s','compliant':%s}".formatted(NOW, compliant)), Posture.class);
        var device = new Device(
                "laptop",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                status,
                Optional.of(posture));
        return new Recognition.Recognised(device, ProofMethod.CERTIFICATE);
    }

    private record Person(String group) implements Subject {

        @Override
        public String id() {
            return "1";
        }

        @Override
        public String username() {
            return "ann";
        }

        @Override
        public boolean serviceAccount() {
            return false;
        }

        @Override
        public Truth memberOf(String path) {
            return Truth.of(path.equals(group));
        }

        @Override
        public Truth holds(String role) {
            return Truth.NO;
        }

        @Override
        public Optional<String> email() {
            return Optional.empty();
        }

        @Override
        public Map<String, List<String>> attributes() {
            return Map.of();
        }

        @Override
        public boolean mayEdit(String attribute) {
            return false;
        }

        @Override
        public Set<String> groups() {
            return Set.of(group);
        }

        @Override
        public Set<String> roles() {
            return Set.of();
        }
    }
}
