package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * When, by the clocks on the walls of a zone: an hour that comes twice as summer ends counts twice, and one that is skipped
 * does not come.
 *
 * @param days empty for every day
 * @param from the first minute; absent, as {@code to}, for the whole day
 * @param to the first minute after; if it is not later than {@code from}, on the next day, and the night belongs to the day
 *     that it starts on
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Schedule(List<Day> days, Optional<LocalTime> from, Optional<LocalTime> to, ZoneId zone)
        implements Condition {

    /** As calendars abbreviate them; in the order of ISO 8601. */
    public enum Day {
        MON,
        TUE,
        WED,
        THU,
        FRI,
        SAT,
        SUN;

        static Day of(DayOfWeek day) {
            return values()[day.getValue() - 1];
        }

        Day before() {
            return values()[(ordinal() + values().length - 1) % values().length];
        }
    }

    public Schedule {
        boolean named = days != null;
        days = named ? List.copyOf(days) : List.of();
        if (named && days.isEmpty()) throw new DocumentFault("days", "must name a day");
        if (from.isPresent() && to.isEmpty()) throw new DocumentFault("to", "is required with from");
        if (to.isPresent() && from.isEmpty()) throw new DocumentFault("from", "is required with to");
        if (from.isPresent() && from.equals(to)) {
            throw new DocumentFault("to", "must differ from from; leave both out for the whole day");
        }
        if (days.isEmpty() && from.isEmpty()) throw new DocumentFault("", "must name days or a time of day");
        if (zone == null) throw new DocumentFault("zone", "is required");
    }

    @Override
    public Truth met(AccessContext context) {
        return Truth.of(covers(context.time()));
    }

    /** Whether that moment is within it. */
    public boolean covers(Instant time) {
        var wall = time.atZone(zone);
        var day = Day.of(wall.getDayOfWeek());
        if (from.isEmpty()) return on(day);
        var clock = wall.toLocalTime();
        boolean started = !clock.isBefore(from.get());
        boolean open = clock.isBefore(to.orElseThrow());
        boolean overnight = to.orElseThrow().isBefore(from.get());
        if (!overnight) return started && open && on(day);
        return (started && on(day)) || (open && on(day.before()));
    }

    private boolean on(Day day) {
        return days.isEmpty() || days.contains(day);
    }
}
