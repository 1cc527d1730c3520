package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The operating-system family of a device, as it is registered; a browser's own word for it is never used. */
public enum Platform {
    MACOS,
    WINDOWS,
    LINUX,
    IOS,
    ANDROID,
    CHROMEOS;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Platform> of(String id) {
        return Arrays.stream(values()).filter(p -> p.id().equals(id)).findFirst();
    }
}
