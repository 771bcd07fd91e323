package org.referralhub.dialect;

/**
 * One message of a document, and what became of it at the door.
 *
 * @param part the message as a document of its own
 * @param inbound accepted or refused, with what was found
 */
public record Received(Part part, Inbound inbound) {}
