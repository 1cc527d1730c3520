package dev.sallyport.access.realm;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.Collectors;

/** A length of time as one would say it: the two greatest units are enough. */
record Spell(Duration length) {

    // NB. Up to two days people compare hours: "31 hours" against "24 hours" says more than "1 day 7 hours".
    private static final Duration SAID_IN_DAYS = Duration.ofDays(2);

    /** Gives the words for an amount of a unit. */
    interface Words {
        String say(String unit, Object... amount);
    }

    /** @return empty when the text is no ISO 8601 duration */
    static Optional<Spell> parse(String text) {
        if (!text.startsWith("P") && !text.startsWith("-P")) return Optional.empty();
        try {
            return Optional.of(new Spell(Duration.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    String say(Words words) {
        boolean days = length.compareTo(SAID_IN_DAYS) >= 0;
        var amounts = new LinkedHashMap<String, Long>();
        amounts.put("duration.days", days ? length.toDays() : 0);
        amounts.put("duration.hours", days ? length.toHoursPart() : length.toHours());
        amounts.put("duration.minutes", (long) length.toMinutesPart());
        amounts.put("duration.seconds", (long) length.toSecondsPart());
        var said = amounts.entrySet().stream()
                .filter(amount -> amount.getValue() != 0)
                .limit(2)
                .map(amount -> words.say(amount.getKey(), amount.getValue()))
                .collect(Collectors.joining(" "));
        return said.isEmpty() ? words.say("duration.seconds", 0L) : said;
    }
}
