package dev.sallyport.access.realm;

import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Recognition.Unrecognised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.theme.Theme;

/**
 * A refusal in the words of the one who is refused: fact, rule, remedy. Texts come from the login theme's messages, so a
 * realm can translate or reword them.
 *
 * @param recognised whether the device was recognised
 * @param device which device was recognised, or why none was and what to do about it
 * @param checks what is not met
 */
public record Explanation(boolean recognised, String device, List<Check> checks) {

    /**
     * One unmet check.
     *
     * @param title what is checked
     * @param finding what was found, against what is asked for
     * @param remedy what the user can do about it
     */
    public record Check(String title, String finding, String remedy) {}

    public static Explanation of(KeycloakSession session, RealmModel realm, Locale locale, Judgement judgement) {
        return of(messages(session, realm, locale), locale, judgement);
    }

    /** @param messages the texts of that locale, by key */
    public static Explanation of(Properties messages, Locale locale, Judgement judgement) {
        var texts = new Texts(messages, locale);
        var checks = judgement.decision().unmet().stream()
                .map(unmet -> check(texts, unmet))
                .distinct()
                .toList();
        return new Explanation(judgement.device() instanceof Recognised, device(texts, judgement.device()), checks);
    }

    /** What is not met of something else than a policy, in the same words. */
    public static List<Check> checks(KeycloakSession session, RealmModel realm, Locale locale, List<Unmet> unmet) {
        var texts = new Texts(messages(session, realm, locale), locale);
        return unmet.stream().map(each -> check(texts, each)).distinct().toList();
    }

    /** A text of the login theme, by its key below {@code sallyport}. */
    public static String text(KeycloakSession session, RealmModel realm, Locale locale, String key, Object... values) {
        return new Texts(messages(session, realm, locale), locale).text(key, values);
    }

    /** A length of time as one would say it. */
    public static String spell(KeycloakSession session, RealmModel realm, Locale locale, Duration length) {
        var texts = new Texts(messages(session, realm, locale), locale);
        return new Spell(length).say(texts::text);
    }

    /** The remedy for one unmet control in English, for administrators and programs. */
    public static String remedy(KeycloakSession session, RealmModel realm, Unmet unmet) {
        return check(new Texts(messages(session, realm, Locale.ENGLISH), Locale.ENGLISH), unmet)
                .remedy();
    }

    /**
     * One English line for an error description, in the characters that RFC 6749 allows there.
     */
    public static String line(KeycloakSession session, RealmModel realm, Judgement judgement) {
        return of(session, realm, Locale.ENGLISH, judgement).line();
    }

    String line() {
        var about = recognised ? Stream.<String>empty() : Stream.of(device);
        var unmet = checks.stream().map(check -> check.title() + ": " + check.finding() + " " + check.remedy());
        return Stream.concat(about, unmet)
                .collect(Collectors.joining(" "))
                .replaceAll("[^\\x20-\\x7e]", "?")
                .replace('"', '\'')
                .replace('\\', '/');
    }

    private static String device(Texts texts, Recognition recognition) {
        if (recognition instanceof Recognised recognised) {
            var device = recognised.device();
            return texts.text("device.recognised", device.displayName().orElse(device.id()));
        }
        var unrecognised = (Unrecognised) recognition;
        return texts.text(
                "device." + unrecognised.reason().id(), unrecognised.deviceId().orElse(""));
    }

    private static Check check(Texts texts, Unmet unmet) {
        var control = unmet.control();
        Object[] values = {
            texts.words(control, unmet.expected()), texts.words(control, unmet.actual()),
        };
        var unknown = unmet.unknown() ? "." + Unmet.UNKNOWN : "";
        var title = texts.find("check." + control).orElse(control);
        var finding = texts.find("finding." + control + unknown, values)
                .orElseGet(() -> texts.text("finding" + unknown, values));
        var remedy = unmet.remediation()
                .or(() -> texts.find("remedy." + control + unknown, values))
                .or(() -> texts.find("remedy." + control, values))
                .orElseGet(() -> texts.text("remedy"));
        return new Check(title, finding, remedy);
    }

    private static Properties messages(KeycloakSession session, RealmModel realm, Locale locale) {
        try {
            return session.theme().getTheme(Theme.Type.LOGIN).getEnhancedMessages(realm, locale);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Texts(Properties messages, Locale locale) {

        private static final String PREFIX = "sallyport.";

        Optional<String> find(String key, Object... values) {
            return Optional.ofNullable(messages.getProperty(PREFIX + key))
                    .map(pattern -> new MessageFormat(pattern, locale).format(values));
        }

        String text(String key, Object... values) {
            return find(key, values).orElse(PREFIX + key);
        }

        /** A value of a control as one would say it; a value that has no words stands for itself. */
        String words(String control, String value) {
            return find("value." + control + "." + value)
                    .or(() -> find("value." + value))
                    .or(() -> Spell.parse(value).map(spell -> spell.say(this::text)))
                    .orElse(value);
        }
    }
}
