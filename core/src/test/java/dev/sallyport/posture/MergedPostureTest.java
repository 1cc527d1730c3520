package dev.sallyport.posture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.Posture;
import dev.sallyport.device.Provenance.Origin;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergedPostureTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final Instant EARLIER = NOW.minusSeconds(60);

    private static Posture said(String source, Instant observedAt, String facts) {
        var json =
                "{'source':'%s','observedAt':'%s'%s}".formatted(source, observedAt, facts.isEmpty() ? "" : "," + facts);
        return Documents.bind(Documents.tree(Json.of(json)), Posture.class);
    }

    private static MergedPosture merged(Posture... reports) {
        return MergedPosture.of(List.of(reports));
    }

    @Test
    void nobodySaysNothing() {
        assertThat(merged().posture()).isEmpty();
    }

    @Test
    void oneSourceIsTakenAtItsWord() {
        var only = said("fleet", NOW, "'compliant':true,'failing':[{'check':'x'}],'attributes':{'ring':'beta'}");

        assertThat(merged(only).posture()).contains(only);
    }

    @Test
    void ofEachFactTheNewestCounts() {
        var merged = merged(
                said("fleet", NOW, "'diskEncrypted':true"),
                said("intune", EARLIER, "'diskEncrypted':false,'firewall':true"));

        assertThat(merged.posture().flatMap(Posture::diskEncrypted)).contains(true);
        assertThat(merged.posture().flatMap(Posture::firewall)).contains(true);
        assertThat(merged.origins())
                .containsEntry("diskEncrypted", new Origin("fleet", NOW))
                .containsEntry("firewall", new Origin("intune", EARLIER));
    }

    @Test
    void conflictOnComplianceIsNotCompliantWhoeverIsNewer() {
        var merged = merged(said("fleet", NOW, "'compliant':true"), said("intune", EARLIER, "'compliant':false"));

        assertThat(merged.posture().flatMap(Posture::compliant)).contains(false);
        assertThat(merged.origins()).containsEntry("compliant", new Origin("intune", EARLIER));
    }

    @Test
    void whoSaysNothingOfComplianceIsNotAgainstIt() {
        var merged = merged(said("fleet", NOW, "'compliant':true"), said("jamf", NOW, "'firewall':false"));

        assertThat(merged.posture().flatMap(Posture::compliant)).contains(true);
    }

    @Test
    void theWholeIsNamedAfterAllAndAsOldAsTheNewest() {
        var merged = merged(said("intune", EARLIER, ""), said("fleet", NOW, ""));

        assertThat(merged.posture().flatMap(Posture::source)).contains("fleet, intune");
        assertThat(merged.posture().map(Posture::observedAt)).contains(NOW);
    }

    @Test
    void failingChecksOfAllSourcesAreKept() {
        var merged = merged(
                said("intune", EARLIER, "'failing':[{'check':'b'},{'check':'c'}]"),
                said("fleet", NOW, "'failing':[{'check':'a'},{'check':'b'}]"));

        assertThat(merged.posture().orElseThrow().failing()).extracting("check").containsExactly("a", "b", "c");
    }

    @Test
    void attributesAreFactsOfTheirOwn() {
        var merged = merged(
                said("fleet", NOW, "'attributes':{'ring':'beta'}"),
                said("intune", EARLIER, "'attributes':{'ring':'stable','owner':'company'}"));

        assertThat(merged.posture().orElseThrow().attributes().get("ring").asText())
                .isEqualTo("beta");
        assertThat(merged.origins())
                .containsEntry("attributes.ring", new Origin("fleet", NOW))
                .containsEntry("attributes.owner", new Origin("intune", EARLIER));
    }

    @Test
    void attributesThatDoNotFitTogetherAreThoseOfTheNewestSource() {
        var long1 = "x".repeat(12_000);
        var merged = merged(
                said("fleet", NOW, "'attributes':{'a':'" + long1 + "'}"),
                said("intune", EARLIER, "'firewall':true,'attributes':{'b':'" + long1 + "'}"));

        assertThat(merged.posture().orElseThrow().attributes()).containsOnlyKeys("a");
        assertThat(merged.posture().flatMap(Posture::firewall)).contains(true);
    }

    @Test
    void theOrderInWhichReportsAreReadSaysNothing() {
        var one = said("fleet", NOW, "'diskEncrypted':true");
        var other = said("intune", NOW, "'diskEncrypted':false");

        assertThat(merged(one, other)).isEqualTo(merged(other, one));
        assertThat(Optional.of(merged(one, other).origins().get("diskEncrypted").source()))
                .contains("fleet");
    }
}
