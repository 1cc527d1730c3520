package dev.sallyport.themes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.AccessDecision.Outcome;
import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.AccessDecision.Result;
import dev.sallyport.access.DeviceRequirement;
import dev.sallyport.access.PolicyDocument.State;
import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.access.realm.Explanation;
import dev.sallyport.device.Device;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.Recognition.Unrecognised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesTest {

    private static final Path TEMPLATES = Path.of("src/main/resources/theme-resources/templates");

    private static final List<String> PAGES = List.of(
            "sallyport-denied.ftl",
            "sallyport-checking.ftl",
            "sallyport-elevation.ftl",
            "sallyport-waiting.ftl",
            "sallyport-not-elevated.ftl",
            "sallyport-approvals.ftl",
            "sallyport-approval.ftl");

    private static final List<String> REPORTS = List.of(
            "policy-impact",
            "standing-privileges",
            "elevations",
            "approvals",
            "emergency",
            "dormant-privileges",
            "privileged-accounts");

    /** What else can be unmet of a privilege. */
    private static final List<String> ELEVATION = List.of(
            "justification",
            "ticket",
            "schedule",
            "incompatibleWith",
            "lastEditor",
            "oneActive",
            "openRequests",
            "emergency.perDay",
            "emergency.reviewed",
            "emergency.acr");

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    static Stream<Locale> languages() {
        return Stream.of(Locale.ENGLISH, Locale.GERMAN);
    }

    @ParameterizedTest
    @MethodSource("languages")
    void everyCheckHasWordsForWhatWasFoundAndWhatCanBeDone(Locale language) {
        var texts = Texts.in(language);

        for (var control : controls()) {
            assertThat(texts)
                    .containsKeys(
                            "sallyport.check." + control,
                            "sallyport.finding." + control,
                            "sallyport.remedy." + control);
        }
    }

    @ParameterizedTest
    @MethodSource("languages")
    void everyReasonWhyADeviceIsNotRecognisedHasWords(Locale language) {
        var texts = Texts.in(language);

        assertThat(texts).containsKey("sallyport.device.recognised");
        for (var reason : Reason.values()) assertThat(texts).containsKey("sallyport.device." + reason.id());
    }

    @ParameterizedTest
    @MethodSource("languages")
    void noExplanationFallsBackToAKeyOrALiteral(Locale language) {
        var texts = Texts.in(language);

        for (var control : controls()) {
            for (var actual : List.of("true", "false", Unmet.UNKNOWN, "PT31H", "3")) {
                var check = explain(texts, language, new Unmet(control, "true", actual, Optional.empty()))
                        .checks()
                        .get(0);
                assertThat(check.title() + check.finding() + check.remedy())
                        .doesNotContain("sallyport.", "{0}", "{1}", "true", "false", "PT31H");
            }
        }
    }

    @Test
    void bothLanguagesSayTheSame() {
        var english = Texts.in(Locale.ENGLISH);
        var german = Texts.in(Locale.GERMAN);

        assertThat(german.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        // NB. One word is the same in both; any other text that is would be one that nobody translated.
        for (var key : english.stringPropertyNames()) {
            if (key.equals("sallyport.check.device.firewall")) continue;
            assertThat(german.getProperty(key)).as(key).isNotEqualTo(english.getProperty(key));
        }
    }

    @ParameterizedTest
    @MethodSource("languages")
    void everyTextIsAPatternThatLosesNoApostrophe(Locale language) {
        var texts = Texts.in(language);

        for (var key : texts.stringPropertyNames()) {
            var pattern = texts.getProperty(key);
            assertThat(new MessageFormat(pattern, language)).isNotNull();
            assertThat(pattern.replace("''", "")).as(key).doesNotContain("'");
        }
    }

    @ParameterizedTest
    @MethodSource("languages")
    void noPageAsksForATextThatIsMissing(Locale language) throws IOException {
        var texts = Texts.in(language);

        for (var page : PAGES) {
            var asked = Pattern.compile("msg\\(\"([^\"]+)\"")
                    .matcher(Files.readString(TEMPLATES.resolve(page)))
                    .results()
                    .map(match -> match.group(1))
                    .toList();

            assertThat(asked).isNotEmpty().allSatisfy(key -> assertThat(texts).containsKey(key));
        }
    }

    @ParameterizedTest
    @MethodSource("languages")
    void everyReportHasWordsForItselfAndItsColumns(Locale language) throws IOException {
        var texts = Texts.in(language);
        var template = Files.readString(TEMPLATES.resolve("sallyport-report.ftl"));

        var asked = Pattern.compile("\"(sallyport\\.report\\.[a-zA-Z]+)\"")
                .matcher(template)
                .results();

        assertThat(asked.map(match -> match.group(1))).isNotEmpty().allSatisfy(key -> assertThat(texts)
                .containsKey(key));
        for (var report : REPORTS) {
            assertThat(texts)
                    .containsKeys("sallyport.report." + report + ".title", "sallyport.report." + report + ".caption");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en | device.maxPostureAge | PT24H | PT31H | is 31 hours old; the access policy accepts at most 24 hours.",
                "de | device.maxPostureAge | PT24H | PT31H | 31 Stunden; die Zugriffsrichtlinie lässt höchstens 24 Stunden zu.",
                "en | device.diskEncrypted | true | false | Disk encryption is off; the access policy asks for it to be on.",
                "de | device.diskEncrypted | true | false | ist aus; die Zugriffsrichtlinie verlangt, dass sie an ist.",
                "en | device.jailbroken | false | true | is jailbroken; the access policy asks for one that is not jailbroken.",
                "en | device.compliant | true | unknown | It is not known whether the device is compliant",
                "en | freshAuthentication | PT1H | 2026-11-23T06:00:00Z | older than the access policy accepts. Greatest age: 1 hour.",
                "en | device.minOsVersion | 14.4 | 14.1 | The device has 14.1; the access policy asks for 14.4 or later.",
            })
    void aFindingReadsLikeLanguage(String language, String control, String expected, String actual, String words) {
        var locale = Locale.forLanguageTag(language);

        var explanation = explain(Texts.in(locale), locale, new Unmet(control, expected, actual, Optional.empty()));

        assertThat(explanation.checks().get(0).finding()).contains(words);
    }

    @Test
    void theSourcesOwnAdviceIsTheRemedy() {
        var unmet = Unmet.of("device.diskEncrypted", true, Optional.of(false)).advisedBy("It's simple: turn on {0}");

        var explanation = explain(Texts.in(Locale.ENGLISH), Locale.ENGLISH, unmet);

        assertThat(explanation.checks().get(0).remedy()).isEqualTo("It's simple: turn on {0}");
    }

    @Test
    void aDeviceIsCalledByItsNameEvenIfThatLooksLikeAPattern() {
        var device = new Device(
                "C02A",
                Optional.of("Ann's {1} <b>"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Device.Status.ACTIVE,
                Optional.empty());

        var explanation = Explanation.of(
                Texts.in(Locale.ENGLISH),
                Locale.ENGLISH,
                new Judgement(AccessDecision.failed(), new Recognition.Recognised(device, ProofMethod.CERTIFICATE)));

        assertThat(explanation.device()).contains("Ann's {1} <b>");
    }

    private static Explanation explain(Properties texts, Locale language, Unmet unmet) {
        var policy = new PolicyResult("p", State.ENFORCED, Result.UNSATISFIED, List.of(unmet), Optional.empty());
        var decision = new AccessDecision(Outcome.DENY, Optional.empty(), false, Optional.empty(), List.of(policy));
        return Explanation.of(
                texts, language, new Judgement(decision, new Unrecognised(Reason.NO_PROOF, Optional.empty())));
    }

    /** Every control that a decision can find unmet: what the device requirement says, and the engine's own. */
    private static List<String> controls() {
        var own = Stream.of("acr", "freshAuthentication", "block", "policy", "decision", "lock", "device.status");
        var ofDevice = requirement().unmet(Recognition.unrecognised(Reason.NO_PROOF), NOW).stream()
                .map(Unmet::control);
        return Stream.of(own, ofDevice, ELEVATION.stream())
                .flatMap(controls -> controls)
                .toList();
    }

    // NB. By reflection over the record, so that a requirement that is added cannot be forgotten here.
    private static DeviceRequirement requirement() {
        var components = DeviceRequirement.class.getRecordComponents();
        Map<String, Object> special = new HashMap<>();
        special.put("minOsVersion", Map.of("macos", "14.4"));
        special.put("maxCriticalVulnerabilities", Optional.of(0));
        special.put("maxPostureAge", Optional.of(java.time.Duration.ofHours(24)));
        special.put("onOutage", Optional.empty());
        var values = Arrays.stream(components)
                .map(component -> special.getOrDefault(component.getName(), Optional.of(true)))
                .toArray();
        var types =
                Arrays.stream(components).map(component -> component.getType()).toArray(Class<?>[]::new);
        try {
            return DeviceRequirement.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the device requirement has a component that this test does not know", e);
        }
    }
}
