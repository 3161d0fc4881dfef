using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Platform.Errors;

/// <summary>An exception with the problem that the client gets.</summary>
internal interface IProblemException
{
    Problem Problem { get; }
}
