package dev.sallyport.access;

import static dev.sallyport.access.Facts.NOW;
import static dev.sallyport.access.Facts.mac;
import static dev.sallyport.access.Facts.postureAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Provenance;
import dev.sallyport.device.Provenance.Contact;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Steadiness;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.posture.MergedPosture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a requirement makes of a device whose sources cannot all be asked. */
class OutageTest {

    private static final Instant BEFORE = NOW.minus(Duration.ofHours(2));

    private final List<Posture> said = new ArrayList<>();
    private final Map<String, Contact> contacts = new HashMap<>();

    private OutageTest says(String source, Instant observedAt, String facts) {
        var posture = postureAt(observedAt, facts).from(source);
        said.add(posture);
        if (!source.equals(Provenance.REGISTRY)) {
            var verdict = posture.compliant().isPresent();
            contacts.put(source, new Contact(observedAt, Optional.of(observedAt), Optional.empty(), verdict));
        }
        return this;
    }

    private OutageTest isSilent(String source) {
        var last = contacts.get(source);
        var answered = last == null ? Optional.<Instant>empty() : last.answeredAt();
        contacts.put(source, new Contact(NOW, answered, Optional.of(NOW), last != null && last.verdict()));
        return this;
    }

    private Device device() {
        var merged = MergedPosture.of(said);
        var bare = mac(Optional.empty());
        return new Device(
                bare.id(),
                bare.displayName(),
                bare.ownerId(),
                bare.serial(),
                bare.platform(),
                bare.status(),
                merged.posture(),
                new Provenance(merged.origins(), contacts, Steadiness.unknown()));
    }

    private List<Unmet> unmet(String requirement) {
        return Documents.read(Json.of("{" + requirement + "}"), DeviceRequirement.class)
                .unmet(new Recognised(device(), ProofMethod.CERTIFICATE), NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",'onOutage':'deny'"})
    void whatASilentSourceSaidIsUnknownUnlessThePolicySaysOtherwise(String onOutage) {
        says("fleet", BEFORE, "'diskEncrypted':true").isSilent("fleet");

        assertThat(unmet("'diskEncrypted':true" + onOutage))
                .singleElement()
                .satisfies(unmet -> assertThat(unmet.unknown()).isTrue())
                .satisfies(unmet -> assertThat(unmet.source()).contains("fleet"));
    }

    @Test
    void lastKnownFactsCountWhereThePolicySaysSo() {
        says("fleet", BEFORE, "'diskEncrypted':true,'firewall':false").isSilent("fleet");

        assertThat(unmet("'diskEncrypted':true,'onOutage':'last-known'")).isEmpty();
        assertThat(unmet("'firewall':true,'onOutage':'last-known'"))
                .singleElement()
                .extracting(Unmet::actual)
                .isEqualTo("false");
        assertThat(unmet("'screenLock':true,'onOutage':'last-known'")).hasSize(1);
    }

    @Test
    void lastKnownFactsGrowOld() {
        says("fleet", BEFORE, "'diskEncrypted':true").isSilent("fleet");

        assertThat(unmet("'diskEncrypted':true,'maxPostureAge':'PT1H','onOutage':'last-known'"))
                .singleElement()
                .extracting(Unmet::control)
                .isEqualTo("device.maxPostureAge");
    }

    @Test
    void allowLetsInWhoseFactsAreUnknownOrOldBecauseOfTheOutage() {
        says("fleet", BEFORE, "'diskEncrypted':true").isSilent("fleet");

        assertThat(unmet("'diskEncrypted':true,'screenLock':true,'minOsVersion':{'macos':'14.4'},"
                        + "'maxCriticalVulnerabilities':0,'maxPostureAge':'PT1H','onOutage':'allow'"))
                .isEmpty();
    }

    @Test
    void allowLetsInADeviceOfWhichNobodyHasHeardYet() {
        isSilent("fleet");

        assertThat(unmet("'compliant':true,'maxPostureAge':'PT1H','onOutage':'allow'"))
                .isEmpty();
    }

    @Test
    void allowDoesNotLetInADeviceThatIsKnownToBeIll() {
        says("fleet", BEFORE, "'diskEncrypted':false").isSilent("fleet");

        assertThat(unmet("'diskEncrypted':true,'onOutage':'allow'")).hasSize(1);
    }

    @Test
    void allowIsNoLicenceWithoutAnOutage() {
        says("fleet", BEFORE, "");

        assertThat(unmet("'diskEncrypted':true,'onOutage':'allow'")).hasSize(1);
        assertThat(unmet("'maxPostureAge':'PT1H','onOutage':'allow'")).hasSize(1);
    }

    @Test
    void allowSaysNothingAboutThePlatformWhichTheRegistryKnows() {
        says("fleet", BEFORE, "'osVersion':'14.5'").isSilent("fleet");

        assertThat(unmet("'minOsVersion':{'windows':'10.0'},'onOutage':'allow'"))
                .hasSize(1);
    }

    @Test
    void whatOthersSaidStillCounts() {
        says("fleet", BEFORE, "'firewall':true")
                .says(Provenance.REGISTRY, NOW, "'diskEncrypted':true")
                .isSilent("fleet");

        assertThat(unmet("'diskEncrypted':true")).isEmpty();
        assertThat(unmet("'firewall':true")).hasSize(1);
    }

    @Test
    void complianceIsUnknownWhileAnyWhoJudgedItIsSilent() {
        says("intune", BEFORE, "'compliant':true")
                .says(Provenance.REGISTRY, NOW, "'compliant':true")
                .isSilent("intune");

        assertThat(unmet("'compliant':true"))
                .singleElement()
                .satisfies(unmet -> assertThat(unmet.unknown()).isTrue())
                .satisfies(unmet -> assertThat(unmet.source()).contains("intune"));
    }

    @Test
    void sourceThatNeverAnsweredMightKnowAnything() {
        says(Provenance.REGISTRY, NOW, "'compliant':true,'diskEncrypted':true").isSilent("fleet");

        assertThat(unmet("'compliant':true,'diskEncrypted':true")).hasSize(2);
    }

    @Test
    void silenceOfWhoDidNotKnowTheDeviceMattersNot() {
        says(Provenance.REGISTRY, NOW, "'compliant':true");
        contacts.put("jamf", new Contact(NOW, Optional.of(BEFORE), Optional.of(NOW), false));

        assertThat(unmet("'compliant':true")).isEmpty();
    }

    @Test
    void ageIsThatOfTheFactsThatAreAskedFor() {
        says("fleet", BEFORE, "'diskEncrypted':true").says("intune", NOW, "'compliant':true");

        assertThat(unmet("'compliant':true,'maxPostureAge':'PT1H'")).isEmpty();
        assertThat(unmet("'diskEncrypted':true,'maxPostureAge':'PT1H'"))
                .singleElement()
                .satisfies(unmet -> assertThat(unmet.actual()).isEqualTo("PT2H"))
                .satisfies(unmet -> assertThat(unmet.source()).contains("fleet"));
    }

    @Test
    void everyUnmetFactNamesWhoSaidIt() {
        says("fleet", BEFORE, "'compliant':true").says("intune", NOW, "'compliant':false");

        assertThat(unmet("'compliant':true"))
                .singleElement()
                .extracting(Unmet::source)
                .isEqualTo(Optional.of("intune"));
    }
}
