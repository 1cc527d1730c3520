package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Schedule schedule(String parts) {
        return Documents.read(Json.of("{" + parts + "}"), Schedule.class);
    }

    private static boolean covers(String parts, String wall) {
        return schedule(parts + ",'zone':'Europe/Berlin'")
                .covers(LocalDateTime.parse(wall).atZone(BERLIN).toInstant());
    }

    @Test
    void aScheduleIsReadAndWrittenAgain() {
        var json = Json.of("{'days':['MON','FRI'],'from':'07:00','to':'20:00','zone':'Europe/Berlin'}");

        assertThat(Documents.toTree(Documents.read(json, Schedule.class))).isEqualTo(Documents.tree(json));
    }

    // 2026-11-23 is a Monday.
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T06:59:59.999999999, false",
        "2026-11-23T07:00, true",
        "2026-11-23T19:59:59.999999999, true",
        "2026-11-23T20:00, false",
        "2026-11-27T07:00, true",
        "2026-11-28T12:00, false"
    })
    void aDayHasAFirstMinuteAndAFirstMinuteAfter(String wall, boolean covered) {
        assertThat(covers("'days':['MON','TUE','WED','THU','FRI'],'from':'07:00','to':'20:00'", wall))
                .isEqualTo(covered);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T21:59, false",
        "2026-11-27T22:00, true",
        "2026-11-27T23:59, true",
        "2026-11-28T00:00, true",
        "2026-11-28T05:59, true",
        "2026-11-28T06:00, false",
        "2026-11-28T22:00, false",
        "2026-11-27T05:00, false"
    })
    void aNightBelongsToTheDayThatItStartsOn(String wall, boolean covered) {
        assertThat(covers("'days':['FRI'],'from':'22:00','to':'06:00'", wall)).isEqualTo(covered);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-28T00:00, true",
        "2026-11-29T23:59:59, true",
        "2026-11-27T23:59:59, false",
        "2026-11-30T00:00, false"
    })
    void daysWithoutATimeAreWholeDays(String wall, boolean covered) {
        assertThat(covers("'days':['SAT','SUN']", wall)).isEqualTo(covered);
    }

    @Test
    void aTimeWithoutDaysIsThatOfEveryDay() {
        assertThat(covers("'from':'22:00','to':'00:00'", "2026-11-29T23:59:59")).isTrue();
        assertThat(covers("'from':'22:00','to':'00:00'", "2026-11-30T00:00")).isFalse();
        assertThat(covers("'from':'00:00','to':'01:00'", "2026-11-30T00:59:59")).isTrue();
    }

    @Test
    void theDayIsTheOneOfTheZone() {
        var monday = schedule("'days':['MON'],'zone':'Pacific/Auckland'");

        assertThat(monday.covers(Instant.parse("2026-11-22T11:00:00Z"))).isTrue();
        assertThat(monday.covers(Instant.parse("2026-11-22T10:59:59Z"))).isFalse();
        assertThat(monday.covers(Instant.parse("2026-11-23T11:00:00Z"))).isFalse();
    }

    // In Berlin 2026-03-29 goes from 01:59:59 (UTC+1) to 03:00 (UTC+2), at 01:00 UTC.
    @ParameterizedTest
    @CsvSource({
        "01:00, 02:30, 2026-03-29T00:59:59Z, true",
        "01:00, 02:30, 2026-03-29T01:00:00Z, false",
        "02:00, 03:00, 2026-03-29T00:59:59Z, false",
        "02:00, 03:00, 2026-03-29T01:00:00Z, false",
        "02:30, 04:00, 2026-03-29T00:59:59Z, false",
        "02:30, 04:00, 2026-03-29T01:00:00Z, true",
        "02:30, 04:00, 2026-03-29T02:00:00Z, false",
        "22:00, 06:00, 2026-03-29T03:59:59Z, true",
        "22:00, 06:00, 2026-03-29T04:00:00Z, false"
    })
    void anHourThatIsSkippedDoesNotCome(String from, String to, String time, boolean covered) {
        assertThat(schedule("'from':'%s','to':'%s','zone':'Europe/Berlin'".formatted(from, to))
                        .covers(Instant.parse(time)))
                .isEqualTo(covered);
    }

    // In Berlin 2026-10-25 goes from 02:59:59 (UTC+2) back to 02:00 (UTC+1), at 01:00 UTC.
    @ParameterizedTest
    @CsvSource({
        "02:15, 02:45, 2026-10-25T00:14:59Z, false",
        "02:15, 02:45, 2026-10-25T00:15:00Z, true",
        "02:15, 02:45, 2026-10-25T00:45:00Z, false",
        "02:15, 02:45, 2026-10-25T01:15:00Z, true",
        "02:15, 02:45, 2026-10-25T01:45:00Z, false",
        "01:00, 02:30, 2026-10-25T00:30:00Z, false",
        "01:00, 02:30, 2026-10-25T01:29:59Z, true",
        "01:00, 02:30, 2026-10-25T01:30:00Z, false"
    })
    void anHourThatComesTwiceCountsTwice(String from, String to, String time, boolean covered) {
        assertThat(schedule("'from':'%s','to':'%s','zone':'Europe/Berlin'".formatted(from, to))
                        .covers(Instant.parse(time)))
                .isEqualTo(covered);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'days':['MON']|zone|is required",
                "'zone':'Europe/Berlin'||must name days or a time of day",
                "'days':[],'zone':'Europe/Berlin'|days|must name a day",
                "'days':['Monday'],'zone':'Europe/Berlin'|days[0]|must be one of MON, TUE, WED, THU, FRI, SAT, SUN",
                "'days':[1],'zone':'Europe/Berlin'|days[0]|must be one of MON, TUE, WED, THU, FRI, SAT, SUN",
                "'from':'07:00','zone':'Europe/Berlin'|to|is required with from",
                "'to':'07:00','zone':'Europe/Berlin'|from|is required with to",
                "'from':'07:00','to':'07:00','zone':'Europe/Berlin'|to|must differ from from; leave both out for the whole day",
                "'from':'7:00','to':'08:00','zone':'Europe/Berlin'|from|must be a time of day such as 07:00",
                "'from':'07:00:00','to':'08:00','zone':'Europe/Berlin'|from|must be a time of day such as 07:00",
                "'from':'07:00','to':'24:00','zone':'Europe/Berlin'|to|must be a time of day such as 07:00",
                "'from':7,'to':'08:00','zone':'Europe/Berlin'|from|must be a time of day such as 07:00",
                "'days':['MON'],'zone':'Berlin'|zone|must be a time zone such as Europe/Berlin",
                "'days':['MON'],'zone':''|zone|must be a time zone such as Europe/Berlin",
                "'days':['MON'],'zone':1|zone|must be a time zone such as Europe/Berlin",
                "'days':['MON'],'zone':'UTC','until':'x'|until|is not a known field"
            })
    void aFaultyScheduleIsRefusedWithThePathOfTheFault(String parts, String path, String reason) {
        var fault = catchThrowableOfType(DocumentFault.class, () -> schedule(parts));

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(Optional.ofNullable(path).orElse(""));
        assertThat(fault.reason()).isEqualTo(reason);
    }

    /** Looks at a clock on a wall, and turns the pages of a calendar. */
    static boolean onTheWall(List<String> days, String from, String to, ZonedDateTime wall) {
        var clock = "%02d:%02d".formatted(wall.getHour(), wall.getMinute());
        var today =
                wall.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ROOT).toUpperCase(Locale.ROOT);
        var yesterday = wall.toLocalDate()
                .minusDays(1)
                .getDayOfWeek()
                .getDisplayName(TextStyle.SHORT, Locale.ROOT)
                .toUpperCase(Locale.ROOT);
        for (var day : days) {
            boolean night = to.compareTo(from) < 0;
            if (day.equals(today) && clock.compareTo(from) >= 0 && (night || clock.compareTo(to) < 0)) return true;
            if (day.equals(yesterday) && night && clock.compareTo(to) < 0) return true;
        }
        return false;
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void aScheduleIsReadOffTheWall(
            @ForAll("weeks") List<String> days,
            @ForAll("clocks") String from,
            @ForAll("clocks") String to,
            @ForAll("zones") String zone,
            @ForAll("times") Instant time) {
        if (from.equals(to)) return;
        var expected = onTheWall(days, from, to, time.atZone(ZoneId.of(zone)));

        var schedule = schedule("'days':%s,'from':'%s','to':'%s','zone':'%s'"
                .formatted(Documents.write(days).replace('"', '\''), from, to, zone));

        Statistics.collect(expected);
        Statistics.coverage(seen -> {
            seen.check(true).percentage(share -> share >= 15.0);
            seen.check(false).percentage(share -> share >= 15.0);
        });
        assertThat(schedule.covers(time)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<String>> weeks() {
        return Arbitraries.of("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(7);
    }

    @Provide
    Arbitrary<String> clocks() {
        return Combinators.combine(Arbitraries.integers().between(0, 23), Arbitraries.of(0, 1, 30, 59))
                .as("%02d:%02d"::formatted);
    }

    @Provide
    Arbitrary<String> zones() {
        return Arbitraries.of(
                "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia");
    }

    /** Any time of the years around 2026, often near a change of a clock. */
    @Provide
    Arbitrary<Instant> times() {
        var changes = Arbitraries.of(
                "2026-03-29T01:00:00Z",
                "2026-10-25T01:00:00Z",
                "2026-03-08T07:00:00Z",
                "2026-11-01T06:00:00Z",
                "2026-04-04T15:00:00Z",
                "2026-10-03T15:30:00Z",
                "2011-12-30T10:00:00Z");
        var near = Combinators.combine(changes, Arbitraries.integers().between(-90_000, 90_000))
                .as((change, seconds) -> Instant.parse(change).plusSeconds(seconds));
        var any = Arbitraries.longs().between(1_700_000_000L, 1_900_000_000L).map(Instant::ofEpochSecond);
        return Arbitraries.oneOf(near, any);
    }
}
