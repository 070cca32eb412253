namespace Orchestrator.Images.Tar;

/// <summary>What an entry of a tar makes.</summary>
public enum TarKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}
