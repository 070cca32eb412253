namespace Orchestrator.Model;

/// <summary>Names for containers and services whose creator gave none: a quality and a river, such as
/// <c>calm_rhine</c>.</summary>
public static class NameMaker
{
    private static readonly string[] Qualities =
    [
        "able", "agile", "amber", "ample", "apt", "bold", "brave", "brief", "bright", "brisk", "calm", "civil", "clear",
        "clever", "crisp", "daring", "deft", "eager", "early", "exact", "fair", "fast", "fine", "firm", "fond", "frank",
        "free", "fresh", "gentle", "glad", "golden", "grand", "hardy", "honest", "humble", "ideal", "jolly", "keen",
        "kind", "lively", "loyal", "lucid", "merry", "mild", "modest", "neat", "nimble", "noble", "patient", "plain",
        "polite", "prime", "proud", "quick", "quiet", "rapid", "ready", "sage", "serene", "sharp", "silent", "silver",
        "sober", "solid", "spry", "steady", "still", "stout", "sunny", "swift", "tidy", "true", "vivid", "warm", "wise",
    ];

    private static readonly string[] Rivers =
    [
        "aare", "adige", "amazon", "amur", "arno", "avon", "clyde", "congo", "danube", "darling", "dee", "don", "douro",
        "drava", "dvina", "ebro", "elbe", "ems", "euphrates", "exe", "fraser", "ganges", "garonne", "havel", "hudson",
        "indus", "inn", "isar", "jordan", "kama", "kura", "lech", "lena", "loire", "main", "marne", "mekong", "meuse",
        "mosel", "murray", "neckar", "neva", "niger", "nile", "oder", "ohio", "oise", "orinoco", "parana", "po",
        "rhine",
        "rhone", "ruhr", "saale", "saar", "sava", "scheldt", "seine", "shannon", "spree", "tagus", "tay", "thames",
        "tiber", "tigris", "tisza", "trent", "tweed", "ural", "vistula", "volga", "volta", "weser", "yukon", "zambezi",
    ];

    /// <param name="attempt">From the fourth on a number is added, so that a free name is found among many.</param>
    public static string Make(Random random, int attempt)
    {
        var name = $"{Qualities[random.Next(Qualities.Length)]}_{Rivers[random.Next(Rivers.Length)]}";
        return attempt < 3 ? name : $"{name}{random.Next(100_000)}";
    }
}
