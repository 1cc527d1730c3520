package dev.sallyport.privilege;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Subject;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.logic.Truth;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EligibilityTest {

    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");
    private static final Subject ANN = new Person(Map.of("staff", List.of("yes")), Set.of());

    private static Eligibility eligibility(String json) {
        return Documents.read(Json.of(json), Eligibility.class);
    }

    @Test
    void whoIsNamedInOneWayIsEligible() {
        assertThat(eligibility("{'users':['ANN']}").admits(ANN, NOW)).isTrue();
        assertThat(eligibility("{'users':['bob'],'groups':['/dba']}").admits(ANN, NOW))
                .isTrue();
        assertThat(eligibility("{'users':['bob'],'groups':['/staff']}").admits(ANN, NOW))
                .isFalse();
    }

    @Test
    void nameThatUsersChooseMakesNobodyEligible() {
        var taken = new Person(Map.of(), Set.of("username"));

        assertThat(eligibility("{'users':['ann']}").admits(taken, NOW)).isFalse();
        assertThat(eligibility("{'users':['ann'],'groups':['/dba']}").admits(taken, NOW))
                .isTrue();
    }

    @Test
    void whatTheRealmDoesNotHaveMakesNobodyEligible() {
        assertThat(eligibility("{'groups':['/unknown']}").admits(ANN, NOW)).isFalse();
        assertThat(eligibility("{'roles':['unknown']}").admits(ANN, NOW)).isFalse();
    }

    @Test
    void anExpressionMustHoldBesides() {
        var expression = "'expression':'user.attributes[`staff`].exists(v, v == `%s`)'"
                .replace('`', '"')
                .replace("\"", "\\\"");

        assertThat(eligibility("{'groups':['/dba']," + expression.formatted("yes") + "}")
                        .admits(ANN, NOW))
                .isTrue();
        assertThat(eligibility("{'groups':['/dba']," + expression.formatted("no") + "}")
                        .admits(ANN, NOW))
                .isFalse();
        assertThat(eligibility("{'groups':['/staff']," + expression.formatted("yes") + "}")
                        .admits(ANN, NOW))
                .isFalse();
        assertThat(eligibility("{" + expression.formatted("yes") + "}").admits(ANN, NOW))
                .isTrue();
    }

    @Test
    void anExpressionThatFailsMakesNobodyEligible() {
        var eligibility = eligibility("{'expression':'user.attributes[\\\"missing\\\"].exists(v, true)'}");

        assertThat(eligibility.admits(ANN, NOW)).isFalse();
    }

    @Test
    void anAttributeThatUsersEditMakesNobodyEligible() {
        var eligibility = eligibility("{'expression':'!(\\\"contractor\\\" in user.attributes)'}");

        assertThat(eligibility.admits(ANN, NOW)).isTrue();
        assertThat(eligibility.admits(new Person(Map.of(), Set.of("contractor")), NOW))
                .isFalse();
    }

    @Test
    void nobodyIsEligibleFromTheEndOn() {
        var eligibility = eligibility("{'users':['ann'],'until':'2026-11-28T08:00:00Z'}");

        assertThat(eligibility.admits(ANN, NOW.minusSeconds(1))).isTrue();
        assertThat(eligibility.admits(ANN, NOW)).isFalse();
    }

    private record Person(Map<String, List<String>> attributes, Set<String> editable) implements Subject {

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
            return path.equals("/unknown") ? Truth.UNKNOWN : Truth.of(path.equals("/dba"));
        }

        @Override
        public Truth holds(String role) {
            return role.equals("unknown") ? Truth.UNKNOWN : Truth.NO;
        }

        @Override
        public Optional<String> email() {
            return Optional.empty();
        }

        @Override
        public boolean mayEdit(String attribute) {
            return editable.contains(attribute);
        }

        @Override
        public Set<String> groups() {
            return Set.of("/dba");
        }

        @Override
        public Set<String> roles() {
            return Set.of();
        }
    }
}
