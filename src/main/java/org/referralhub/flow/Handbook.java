package org.referralhub.flow;

import org.referralhub.agency.AgencyRegistry;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;

/**
 * What intake and delivery go by, all of one version of the configuration. A message takes one at the beginning of a stage and
 * keeps it to the stage's end.
 *
 * @param version of the configuration, for the record
 * @param agencies who takes part
 * @param translator the formats
 * @param disclosure who may see what
 */
public record Handbook(String version, AgencyRegistry agencies, Translator translator, Disclosure disclosure) {}
