using System.Collections.Immutable;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Planning;

/// <summary>What an instruction does to the files of its stage.</summary>
public abstract record StepWork
{
    private StepWork()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record None : StepWork;

    /// <summary>Makes a folder with those above it, unless it is there.</summary>
    public sealed record MakeFolder(string Path) : StepWork;

    /// <summary>Runs a program.</summary>
    public sealed record Run : StepWork
    {
        public required ImmutableArray<string> Arguments { get; init; }

        /// <summary>Content of the executable file <see cref="ScriptName"/>; null: there is none.</summary>
        public string? Script { get; init; }

        /// <summary>A name in <see cref="RunScript.Folder"/>.</summary>
        public string? ScriptName { get; init; }

        /// <summary>All variables, arguments among them.</summary>
        public required ImmutableArray<string> Environment { get; init; }

        /// <summary>Those that decide whether the step is the same as an earlier one.</summary>
        public required ImmutableArray<string> KeyEnvironment { get; init; }

        public required string User { get; init; }

        public required string WorkingDirectory { get; init; }

        public ImmutableArray<RunMount> Mounts { get; init; } = [];

        public RunNetwork Network { get; init; }

        public RunSecurity Security { get; init; }

        /// <summary>As the user would name the program when it fails.</summary>
        public required string Shown { get; init; }
    }

    /// <summary>Copies files, or adds what has to be fetched or unpacked first.</summary>
    public sealed record Copy : StepWork
    {
        /// <summary>COPY or ADD.</summary>
        public required string Name { get; init; }

        /// <summary>A stage or image; null: the context.</summary>
        public StageBase? From { get; init; }

        /// <summary>Paths and patterns, and for ADD addresses.</summary>
        public required ImmutableArray<string> Sources { get; init; }

        /// <summary>Files that stand in the Dockerfile: name and content.</summary>
        public ImmutableArray<(string Name, string Content)> Files { get; init; } = [];

        /// <summary>As written, variables replaced.</summary>
        public required string Destination { get; init; }

        public required string WorkingDirectory { get; init; }

        public string? Chown { get; init; }

        public string? Chmod { get; init; }

        public bool Link { get; init; }

        public bool Parents { get; init; }

        public ImmutableArray<string> Exclude { get; init; } = [];

        public string? Checksum { get; init; }

        public bool KeepGitDir { get; init; }

        /// <summary>Null: archives of the context are unpacked, those of an address are not.</summary>
        public bool? Unpack { get; init; }

        public bool IsAdd => Name == "ADD";

        public required Position Position { get; init; }
    }
}

/// <summary>What comes of one instruction.</summary>
/// <param name="CreatedBy">The line of the image's history; for a copy, what is to follow the digest of its files.</param>
public sealed record StepOutcome(StageState Next, StepWork Work, string CreatedBy);
