namespace Orchestrator.Build.Syntax.Patterns;

internal enum GlobKind
{
    /// <summary>Exactly one character.</summary>
    Rune,

    /// <summary><c>?</c>: one character but a slash.</summary>
    Any,

    /// <summary><c>*</c>: any number of characters but slashes.</summary>
    Name,

    /// <summary><c>[…]</c>: one character of a set.</summary>
    Set,

    /// <summary><c>**</c> at the end: all that is left.</summary>
    All,

    /// <summary><c>**</c> elsewhere: nothing, or anything up to a slash.</summary>
    Folders,
}
