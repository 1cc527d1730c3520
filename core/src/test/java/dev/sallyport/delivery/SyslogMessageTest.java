package dev.sallyport.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Documents;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SyslogMessageTest {

    /** RFC 5424, section 6, for what we write: header, one element, a message in ASCII. */
    private static final Pattern LINE = Pattern.compile(
            "<(\\d{1,3})>1 (\\S{1,32}) (\\S{1,255}) sallyport - (\\S{1,32}) "
                    + "\\[sallyport@32473((?: [a-z]{1,32}=\"(?:[^\"\\\\\\]]|\\\\[\"\\\\\\]])*\")*)] (.*)",
            Pattern.DOTALL);

    /** Mostly what means something to somebody who reads syslog. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @Chars({'"', '\\', ']', '[', ' ', '=', '<', '>', '\n', '\r', '\0', '\u0085', '\u2028', '\uD800', 'é'})
    @CharRange(from = 'a', to = 'c')
    @StringLength(max = 50)
    @interface Hostile {}

    private static String line(byte[] frame) {
        var text = new String(frame, UTF_8);
        int space = text.indexOf(' ');
        var line = text.substring(space + 1);
        assertThat(line.getBytes(UTF_8)).hasSize(Integer.parseInt(text.substring(0, space)));
        return line;
    }

    private static Message message(String id, String type, int severity, String body) {
        return new Message(
                id,
                OptionalLong.of(7),
                type,
                Instant.parse("2026-11-23T08:00:00.123456789Z"),
                severity,
                body,
                Optional.empty());
    }

    @Test
    void messageIsWrittenAsTheStandardHasIt() {
        var line = line(SyslogMessage.framed(message("an-id", "lock.set", 3, "{}"), "sso.example.com", "demo"));

        assertThat(line)
                .isEqualTo("<108>1 2026-11-23T08:00:00.123Z sso.example.com sallyport - lock.set"
                        + " [sallyport@32473 index=\"7\" id=\"an-id\" type=\"lock.set\" realm=\"demo\"] {}");
    }

    @Property
    void nothingThatPeopleTypeBreaksOutOfItsField(
            @ForAll @Hostile String host,
            @ForAll @Hostile String realm,
            @ForAll @Hostile String type,
            @ForAll @IntRange(min = -3, max = 9) int severity) {
        var line = line(SyslogMessage.framed(message("id", type, severity, "{}"), host, realm));

        var parts = LINE.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        assertThat(parts.group(6)).isEqualTo("{}");
        assertThat(line.codePoints()).noneMatch(Character::isISOControl);
        assertThat(parts.group(2)).matches("[!-~]+");
        assertThat(parts.group(3)).matches("[!-~]+");
        assertThat(parts.group(4)).matches("[!-~]+");
    }

    @Test
    void hostileValuesAreEscaped() {
        var line = line(SyslogMessage.framed(
                message("id", "lock.set", 1, "{}"), "a b\nc", "x\"] <13>1 - - - \\ \n\r\u0000 \u0085 ]é"));

        assertThat(line).contains("realm=\"x\\\"\\] <13>1 - - - \\\\ ____ _ \\]é\"".replace("____", "___"));
        assertThat(line).contains(" a_b_c sallyport ");
    }

    @Test
    void whatIsTooLongGoesWithoutItsDetailsAndIsStillOneDocument() {
        var entry = Documents.tree("""
                {"id":"i","time":"2026-11-23T08:00:00Z","salt":"s","type":"config.created",
                 "actor":{"id":"a","kind":"user"},"details":{"document":"%s"}}""".formatted("x".repeat(100_000)));
        var message = Messages.event(3, "aGFzaA==", entry, new OcsfEvent.Source("log", "demo"));

        var frame = SyslogMessage.framed(message, "host", "demo");

        assertThat(frame.length).isLessThan(SyslogMessage.MAX_LENGTH);
        var body = Documents.tree(line(frame).replaceFirst("^[^{]*", ""));
        assertThat(body.at("/unmapped/detailsLeftOut").asBoolean()).isTrue();
        assertThat(body.at("/unmapped/leafHash").asText()).isEqualTo("aGFzaA==");
        assertThat(body.at("/unmapped/entry/details")).isEmpty();
    }
}
