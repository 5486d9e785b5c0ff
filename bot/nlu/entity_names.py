"""The names that `bot.nlu.entities` finds: what people write -> the value that the rest of the product uses.

Each value is followed by the ways people write it, as regular expressions without accents, English and Spanish.
"""

from __future__ import annotations

SUBSTANCES: dict[str, tuple[str, ...]] = {
    "alcohol": (
        "alcohol", "booze", "beers?", "wine", "vodka", "whiske?y", "tequila", "rum", "gin", "liquor", "drinks?",
        "drinking", "cervezas?", "vino", "trago", "copas?", "licor", "chelas?", "brewskis?", "white claws?",
    ),
    "opioids": (
        "opioids?", "opiates?", "heroin", "fent(?:anyl)?", "fetty", "oxy(?:s|contin|codone)?", "percs?", "percocets?",
        "percocet", "vicodin", "hydros?", "hydrocodone", "norcos?", "morphine", "dope", "smack", "blues", "pain ?pills?",
        "painkillers?", "tramadol", "codeine", "lean", "heroina", "fentanilo", "opioides", "tranq", "kratom",
    ),
    "methadone": ("methadone", "metadona"),
    "buprenorphine": (
        "suboxone", "subs", "subutex", "sublocade", "buprenorphine", "buprenorfina", "zubsolv", "brixadi",
    ),
    "naltrexone": ("naltrexone", "vivitrol", "naltrexona"),
    "benzodiazepines": (
        "benzos?", "benzodiaze?pines?", "xanax", "xans?", "xannies", "xanny bars?", "klonopin", "klonopins", "ativan",
        "valium", "clonazepam", "alprazolam", "lorazepam", "diazepam", "benzodiacepinas?",
    ),
    "cocaine": ("cocaine", "coke", "crack", "blow", "cocaina", "perico", "yayo"),
    "methamphetamine": ("meth", "methamphetamine", "crystal meth", "ice pipe", "tina", "cristal", "metanfetamina"),
    "stimulants": ("adderall", "vyvanse", "ritalin", "addys?", "speed", "amphetamines?", "anfetaminas?"),
    "cannabis": (
        "weed", "marijuana", "cannabis", "thc", "edibles?", "dabs?", "joints?", "blunts?", "delta ?8", "carts?",
        "marihuana", "mota", "hierba", "porros?",
    ),
    "nicotine": ("nicotine", "cigarettes?", "cigs?", "vap(?:e|es|ing)", "tobacco", "cigarros?", "cigarrillos?", "tabaco"),
    "hallucinogens": ("lsd", "acid tabs?", "shrooms?", "ketamine", "mdma", "molly", "ecstasy", "extasis", "hongos", "pcp"),
    "gabapentin": ("gabapentin", "gabbies", "gabapentina"),
}  # fmt: skip

SESSION_KINDS: dict[str, tuple[str, ...]] = {
    "group": (
        "(?:iop |process |therapy |support |morning |evening |night )?groups?(?: therapy| session| sessions)?",
        "(?:la |el )?grupos?(?: de terapia)?", "terapia (?:de grupo|grupal)", "sesion(?:es)? grupal(?:es)?",
    ),
    "individual": (
        "individual(?:s| sessions?| therapy| counsell?ing| appointment)?", "one[- ]?(?:on|to|2)[- ]?one", "1[- :]?(?:on|to)?[- :]?1",
        "(?:my |the )?(?:session|appointment|appt|meeting) with my (?:counsell?or|therapist)", "counsell?ing session",
        "terapia individual", "sesion individual", "cita (?:individual|con mi (?:consejer[oa]|terapeuta))",
    ),
    "family_night": (
        "family (?:night|group|session|education|day|program|class|therapy)", "fam night", "noche (?:de (?:la )?)?familia(?:r|s)?",
        "grupo familiar", "sesion familiar", "terapia familiar",
    ),
    "relapse_prevention": (
        "relapse[- ]prevention(?: group| class)?", "rp group", "prevencion de recaidas?",
    ),
    "orientation": ("orientation", "orientacion", "intro session"),
    "drug_test": (
        "drug (?:tests?|screens?|testing|screening)", "urine (?:tests?|screens?|drops?|samples?)", "ua'?s?", "u\\.a\\.?", "pee tests?",
        "piss tests?", "breathalyzer", "(?:a|the|my) (?:drop|dip)", "prueba(?:s)? de (?:orina|drogas?)", "antidoping",
        "examen de (?:orina|drogas?)",
    ),
    "psychoeducation": (
        "psycho-?ed(?:ucation(?:al)?)?(?: group| class)?", "education (?:group|class)", "life skills(?: group| class)?",
        "habilidades para la vida", "grupo educativo",
    ),
    "medication": ("med(?:ication)? (?:check|appointment|appt|visit|management)", "cita de medicamentos?"),
}  # fmt: skip

TRACKS: dict[str, tuple[str, ...]] = {
    "morning": ("morning (?:track|group|program|iop|class|session)s?", "mornings", "(?:por )?(?:la|las) mananas?"),
    "day": ("day ?time(?: track| group| program| iop)?", "day (?:track|group|program|iop)", "afternoon (?:track|group|iop)"),
    "evening": (
        "(?:evening|night|after[- ]work) (?:track|group|program|iop|class|session)s?", "evenings", "nights",
        "(?:por )?(?:la|las) (?:tardes?|noches?)", "vespertino",
    ),
    "weekend": ("weekend (?:track|group|program|iop)", "weekends", "fines? de semana"),
}  # fmt: skip

SKILLS: dict[str, tuple[str, ...]] = {
    "urge_surfing": ("urge ?surf(?:ing)?", "surf(?:ing)? (?:the |an |my )?(?:urge|craving|wave)s?", "surfear (?:el|la|las) (?:impulso|ganas)"),
    "four_ds": ("(?:the )?(?:4|four) ?d'?s", "las (?:4|cuatro) d"),
    "play_the_tape": ("play(?:ing)? (?:the |that )?tape(?: forward| through)?", "rodar la cinta", "la cinta hacia adelante"),
    "halt": ("h\\.?a\\.?l\\.?t\\.?(?= (?:check|skill|thing|exercise))", "halt"),
    "grounding": ("grounding", "5[- ]?4[- ]?3[- ]?2[- ]?1", "five senses", "cinco sentidos", "anclaje"),
    "box_breathing": ("box breath(?:ing|e)", "square breathing", "respiracion (?:de |en )?(?:caja|cuadrada)"),
    "paced_breathing": (
        "paced breathing", "(?:deep |slow |belly )?breathing(?: exercise| thing)?", "breathe with me", "4[- ]7[- ]8",
        "(?:ejercicios? de )?respiracion", "respirar",
    ),
    "tipp": ("tipp", "cold water (?:skill|thing|trick)", "ice water"),
    "muscle_relaxation": ("(?:progressive )?muscle relaxation", "pmr", "relajacion muscular"),
    "call_someone": ("call (?:somebody|someone|my sponsor)", "llamar a alguien"),
    "refuse_drink": (
        "refus(?:e|ing) (?:a )?(?:drink|drugs|offer)s?", "(?:drink|drug) refusal", "say(?:ing)? no to (?:a drink|drinks|friends)",
        "decir que no", "rechazar (?:un trago|una bebida)",
    ),
    "coping_card": ("coping cards?", "(?:my )?reasons (?:card|list)", "tarjeta de (?:apoyo|razones)"),
    "sleep": ("sleep (?:routine|hygiene)", "rutina (?:de|para) (?:sueno|dormir)"),
    "anger_time_out": ("anger time[- ]?out", "time[- ]?out for anger", "tiempo fuera"),
    "thought_record": ("thought (?:records?|logs?)", "cbt (?:worksheet|sheet)", "registro de pensamientos?"),
    "weekend_plan": ("weekend plan", "plan(?:ning)? (?:my|the|for the|for my) weekend", "plan (?:para|de)l? fin de semana"),
    "payday_plan": ("payday plan", "plan(?:ning)? for pay ?day", "plan para el dia de pago"),
}  # fmt: skip

INSURANCES: dict[str, tuple[str, ...]] = {
    "Medicaid": ("medicaid", "medi-?cal", "masshealth", "ahcccs", "tenncare", "badgercare"),
    "Medicare": ("medicare",),
    "Aetna": ("aetna",),
    "Anthem": ("anthem",),
    "Blue Cross Blue Shield": ("blue ?cross(?: ?(?:and )?blue ?shield)?", "blue ?shield", "bcbs", "empire blue"),
    "Cigna": ("cigna",),
    "Humana": ("humana",),
    "Kaiser Permanente": ("kaiser(?: permanente)?",),
    "Molina": ("molina(?: healthcare)?",),
    "Optum": ("optum",),
    "Oscar": ("oscar (?:health|insurance)",),
    "Tricare": ("tri-?care",),
    "UnitedHealthcare": ("united ?health ?care", "uhc", "united ?health"),
    "Ambetter": ("ambetter",),
    "Centene": ("centene",),
    "Magellan": ("magellan",),
    "Beacon": ("beacon health",),
    "VA": ("va (?:benefits|insurance|coverage)", "veterans? (?:affairs|benefits)"),
    "none": (
        "(?:no|without|don'?t have(?: any)?|dont have(?: any)?|do not have(?: any)?) insurance", "uninsured", "self[- ]?pay", "sin seguro",
        "no tengo seguro",
    ),
}  # fmt: skip
