package org.referralhub.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;

/**
 * What an order at the desk came to.
 *
 * @param id what it was about: a letter, a group or a run
 * @param status {@code done}, or {@code requested} when the ledger is behind
 * @param order by which it is asked for
 * @param detail codes that are worth knowing
 */
@Schema(name = "DeskAnswer")
record DeskAnswer(
        String id,
        @Schema(allowableValues = {"done", "requested"}) String status,
        String order,
        Map<String, String> detail) {}
