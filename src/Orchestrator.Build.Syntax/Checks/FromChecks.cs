namespace Orchestrator.Build.Syntax.Checks;

/// <summary>Bases and platforms of stages, as far as the arguments above them tell.</summary>
internal static class FromChecks
{
    public static readonly string[] PlatformArguments =
    [
        "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
        "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
    ];

    public static void Run(Dockerfile file, CheckInputs inputs, FindingSink sink)
    {
        var defaults = Defaults(file);
        var known = PlatformArguments.Concat(
            file.MetaArgs.SelectMany(arg => arg.Arguments).Select(argument => argument.Name)).ToHashSet();
        foreach (var stage in file.Stages)
        {
            var from = stage.From;
            Undeclared(from, from.Base, known, sink);
            if (from.Platform is { } platform)
            {
                Undeclared(from, platform, known, sink);
                CheckPlatform(from, platform, sink);
            }
            var image = Expanded(from.Base, defaults);
            if (image is not null && !ImageName.IsValid(image))
            {
                sink.Add("InvalidDefaultArgInFrom", from,
                    $"Default value for ARG {from.Base} results in empty or invalid base image name");
            }
            else if (image is not null) CheckBase(file, stage, image, inputs, sink);
        }
    }

    /// <summary>A word with the defaults of the arguments above all stages; null where it is no word.</summary>
    public static string? Expanded(string word, IReadOnlyDictionary<string, string> defaults)
    {
        try
        {
            return Words.Expand(word, name => defaults.GetValueOrDefault(name));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static IReadOnlyDictionary<string, string> Defaults(Dockerfile file)
    {
        // What a platform argument is does not matter here, only that it is something.
        var defaults = PlatformArguments.ToDictionary(name => name, name => "x");
        foreach (var argument in file.MetaArgs.SelectMany(arg => arg.Arguments))
            if (argument.Default is { } word && Expanded(word, defaults) is { } value) defaults[argument.Name] = value;
        return defaults;
    }

    private static void Undeclared(FromInstruction from, string word, HashSet<string> known, FindingSink sink)
    {
        foreach (var name in VariableUse.Of(word, '\\').Where(name => !known.Contains(name)))
        {
            sink.Add("UndefinedArgInFrom", from,
                $"FROM argument '{name}' is not declared{Parsing.Suggestion.For(name, known)}");
        }
    }

    private static void CheckPlatform(FromInstruction from, string platform, FindingSink sink)
    {
        if (platform is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
        {
            sink.Add("RedundantTargetPlatform", from, $"Setting platform to predefined {platform} in FROM is redundant "
                + "as this is the default behavior");
        }
        if (platform.Contains('$', StringComparison.Ordinal)) return;
        var parts = platform.Split('/');
        if (parts.Take(2).Any(part => from.StageName?.Contains(part, StringComparison.Ordinal) == true)) return;
        sink.Add("FromPlatformFlagConstDisallowed", from,
            $"FROM --platform flag should not use constant value \"{platform}\"");
    }

    private static void CheckBase(Dockerfile file, Stage stage, string image, CheckInputs inputs, FindingSink sink)
    {
        if (file.Stages.Take(stage.Index).Any(earlier => earlier.IsCalled(image)) || image == "scratch") return;
        var expected = stage.From.Platform ?? inputs.Platform;
        if (expected.Length == 0 || expected.AsSpan().IndexOfAny('$', ',') >= 0) return;
        if (inputs.Bases(image) is not { } facts || Same(expected, facts.Platform)) return;
        sink.Add("InvalidBaseImagePlatform", stage.From, $"Base image {image} was pulled with platform "
            + $"\"{facts.Platform}\", expected \"{expected}\" for current build");
    }

    private static bool Same(string expected, string actual) =>
        expected.Split('/').Take(2).SequenceEqual(actual.Split('/').Take(2));
}
