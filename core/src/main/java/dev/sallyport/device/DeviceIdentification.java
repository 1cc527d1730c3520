package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/** How a realm identifies devices; a method that is not configured identifies nothing. */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record DeviceIdentification(Optional<CertificateIdentification> certificate) {

    /** The longest text in this document, in characters: trust anchors are longer than what people type. */
    public static final int MAX_TEXT = 16_384;

    public static DeviceIdentification none() {
        return new DeviceIdentification(Optional.empty());
    }
}
