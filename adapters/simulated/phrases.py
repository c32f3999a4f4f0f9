"""What simulated customers say. It is text of customers, like any other: it is stored as it came and never translated.

By language of the connection's settings, not of whoever looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "pt_BR"]

MAIL: Final[Mapping[Language, Sequence[str]]] = {
    "en": (
        "Thank you, that looks good. I will talk to my partner and let you know.",
        "Thanks! Could you tell me when it would arrive?",
        "Received. Is there a discount when we take double the quantity?",
        "Perfect, let us go ahead.",
        "Hello, could somebody call me about this tomorrow morning?",
    ),
    "pt_BR": (
        "Obrigado, parece bom. Vou falar com o meu sócio e aviso.",
        "Obrigada! Pode me dizer quando chegaria?",
        "Recebido. Tem desconto se levarmos o dobro da quantidade?",
        "Perfeito, vamos em frente.",
        "Olá, alguém pode me ligar amanhã de manhã sobre isso?",
    ),
}
SHORT: Final[Mapping[Language, Sequence[str]]] = {
    "en": ("Thanks!", "Ok, received.", "Great, thank you", "When does it arrive?", "Please call me"),
    "pt_BR": ("Obrigado!", "Ok, recebido.", "Ótimo, obrigada", "Quando chega?", "Me liga, por favor"),
}
GREETING: Final[Mapping[Language, Sequence[str]]] = {
    "en": ("Hi, I got your SMS.", "Hello! I have a question about the order.", "Hi, can we talk here?"),
    "pt_BR": ("Oi, recebi o SMS de vocês.", "Olá! Tenho uma dúvida sobre o pedido.", "Oi, podemos falar por aqui?"),
}
AGREEING: Final[Mapping[Language, Sequence[str]]] = {
    "en": ("Perfect, let us go ahead!", "Alright, it's a deal.", "Please go ahead with the order."),
    "pt_BR": ("Perfeito, vamos em frente!", "Combinado, negócio fechado.", "Negócio fechado, pode mandar!"),
}
AWAY: Final[Mapping[Language, tuple[str, str]]] = {
    "en": ("Out of office: {subject}", "I am away and read my mail again next week."),
    "pt_BR": ("Ausência temporária: {subject}", "Estou fora e volto a ler os e-mails na semana que vem."),
}
"""Subject and text of an automatic answer."""
