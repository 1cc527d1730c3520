package dev.sallyport.posture;

import static dev.sallyport.posture.Management.DEVICE;
import static dev.sallyport.posture.Management.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the answers of every management. */
class RecordsTest {

    private static final String[] PLACEHOLDERS = {
        "System Serial Number",
        "To be filled by O.E.M.",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "None",
        "Not Specified",
        "not specified ",
        "Default string"
    };

    @ParameterizedTest
    @EnumSource
    void aHealthyDeviceIsHealthyInEveryFactThatTheManagementHasAWordFor(Management management) {
        var posture = management.posture(management.healthy());

        assertThat(posture.good()).containsExactlyElementsOf(management.facts());
        assertThat(posture.failing()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anIllDeviceIsHealthyInNone(Management management) {
        var posture = management.posture(management.ill());

        assertThat(posture.good()).isEmpty();
        assertThat(posture.facts()).containsAll(management.facts());
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsKnownOfADeviceThatNothingIsSaidOf(Management management) {
        var nothing = management
                .healthy()
                .with(management.record().isEmpty() ? "/value" : management.record(), "{'id':'1'}")
                .with(management.record().isEmpty() ? "/value/serialNumber" : management.serial(), "'C02A'");
        if (management == Management.JAMF) nothing = inHardware(nothing);

        var posture = management.posture(nothing);

        assertThat(posture.facts()).isEmpty();
        assertThat(posture.observedAt()).isEqualTo(Instant.EPOCH);
    }

    private static Recorded inHardware(Recorded answer) {
        return answer.with("/results/0/hardware", "{'serialNumber':'C02A'}");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNullIsUnknown(Management management) {
        var healthy = management.healthy();
        var nulls = healthy;
        for (var pointer : healthy.pointers()) {
            boolean kept =
                    pointer.equals(management.serial()) || pointer.equals("/totalCount") || pointer.equals("/id");
            if (!kept && healthy.isLeaf(pointer)) nulls = nulls.with(pointer, "null");
        }

        assertThat(management.posture(nulls).facts()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void serialNumberIsComparedWhateverItsCase(Management management) {
        var answer = management.healthy().with(management.serial(), "'c02a'");

        assertThat(management.answer(answer.text(), DEVICE)).isInstanceOf(Found.class);
    }

    static Stream<Arguments> othersThanTheDevice() {
        return Stream.of(Management.values()).flatMap(management -> Stream.of(
                        "'C02B'", "'C02'", "'C02A '", "''", "null", "2", "['C02A']", "{'a':'C02A'}")
                .map(serial -> arguments(management, serial)));
    }

    @ParameterizedTest
    @MethodSource("othersThanTheDevice")
    void recordOfAnotherDeviceIsNotTheDevices(Management management, String serial) {
        var answer = management.healthy().with(management.serial(), serial);

        assertThat(management.answer(answer.text(), DEVICE)).isInstanceOf(NotFound.class);
    }

    @ParameterizedTest
    @EnumSource
    void idOfTheManagementFindsADeviceThatHasNoSerialNumberInTheRegistry(Management management) {
        var id = management.healthy().at(management.id()).replace("\"", "");

        assertThat(management.answer(management.healthy().text(), new Keys(id, Optional.empty())))
                .isInstanceOf(Found.class);
        assertThat(management.answer(management.healthy().text(), new Keys(id, Optional.of("C02B"))))
                .isInstanceOf(NotFound.class);
    }

    @ParameterizedTest
    @EnumSource
    void hostNameFindsNobody(Management management) {
        for (var name : new String[] {"mac-a.local", "LAPTOP-7", "Mac-A", "ann@example.com", "1"}) {
            assertThat(management.answer(management.healthy().text(), new Keys(name, Optional.empty())))
                    .isInstanceOf(NotFound.class);
        }
    }

    static Stream<Arguments> placeholders() {
        return Stream.of(Management.values())
                .flatMap(management -> Stream.of(PLACEHOLDERS).map(serial -> arguments(management, serial)));
    }

    @ParameterizedTest
    @MethodSource("placeholders")
    void whatFirmwarePutsInPlaceOfASerialNumberFindsNobody(Management management, String placeholder) {
        var answer = management.healthy().with(management.serial(), "'" + placeholder + "'");

        assertThat(management.answer(answer.text(), new Keys("device-7", Optional.of(placeholder))))
                .isInstanceOf(NotFound.class);
        assertThat(management.answer(answer.text(), new Keys(placeholder, Optional.empty())))
                .isInstanceOf(NotFound.class);
        assertThat(new Keys(placeholder, Optional.of(placeholder)).findSomething())
                .isFalse();
    }

    static Stream<Arguments> notAnswers() {
        return Stream.of(Management.values()).flatMap(management -> Stream.of(
                        "", " ", "null", "[]", "[{}]", "{}", "\"C02A\"", "1", "{\"", "<html>", "{} {}")
                .map(text -> arguments(management, text)));
    }

    @ParameterizedTest
    @MethodSource("notAnswers")
    void whatIsNoAnswerAtAllIsAnOutage(Management management, String text) {
        assertThat(management.answer(text, DEVICE)).isInstanceOf(Outage.class);
    }

    static Stream<Arguments> times() {
        return Stream.of(Management.values()).flatMap(management -> Stream.of(
                        "null",
                        "''",
                        "'yesterday'",
                        "1763884800",
                        "true",
                        "'0001-01-01T00:00:00Z'",
                        "'2026-11-23'",
                        "'2026-11-23T08:01:01Z'",
                        "'9999-12-31T23:59:59Z'",
                        "'+999999999-12-31T23:59:59Z'")
                .map(time -> arguments(management, time)));
    }

    @ParameterizedTest
    @MethodSource("times")
    void timeThatIsNoneOrAheadMakesTheFactsAsOldAsCanBe(Management management, String time) {
        var answer = management.healthy().with(management.observed(), time);

        assertThat(management.posture(answer).observedAt()).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @EnumSource
    void clocksMayDifferByAMinute(Management management) {
        var soon = NOW.plusSeconds(60);
        var answer = management.healthy().with(management.observed(), "'" + soon + "'");
        if (management == Management.FLEET) answer = answer.with("/host/policy_updated_at", "'" + soon + "'");

        assertThat(management.posture(answer).observedAt()).isEqualTo(soon);
    }

    @ParameterizedTest
    @EnumSource
    void factsAreNeverTakenFromFieldsThatNobodyDescribed(Management management) {
        var answer = management.ill().with(management.record() + "/compliant", "true");

        assertThat(management.posture(answer)).isEqualTo(management.posture(management.ill()));
    }
}
