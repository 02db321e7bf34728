; Installer for one person, without administrator rights. Made by packaging/build.py, which passes:
;   /DVersion=1.2.3  /DNumbers=1.2.3.10000  /DSource=folder of the program  /DOutput=folder  [/DSign]
; An installed Situs is replaced in place: AppId never changes.

#ifndef Version
  #error Version is not given: run packaging/build.py
#endif

[Setup]
AppId={{6A6C2B0E-6F0B-4B0D-9E39-2C3A35C0B6F1}
AppName=Situs
AppVersion={#Version}
AppVerName=Situs {#Version}
AppPublisher=The Situs authors
VersionInfoVersion={#Numbers}
VersionInfoProductTextVersion={#Version}
PrivilegesRequired=lowest
DefaultDirName={autopf}\Situs
DefaultGroupName=Situs
DisableProgramGroupPage=yes
DisableDirPage=auto
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Source}\LICENSE.txt
OutputDir={#Output}
OutputBaseFilename=Situs-{#Version}-setup
SetupIconFile={#SourcePath}\..\icons\situs.ico
UninstallDisplayIcon={app}\situs-window.exe
UninstallDisplayName=Situs
Compression=lzma2/max
SolidCompression=yes
LZMANumBlockThreads=2
WizardStyle=modern
ChangesEnvironment=yes
CloseApplications=yes
RestartApplications=no
ShowLanguageDialog=auto
#ifdef Sign
SignTool=situs $f
SignedUninstaller=yes
#endif

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[CustomMessages]
en.OnPath=Let Command Prompt and PowerShell know the command "situs"
de.OnPath=Eingabeaufforderung und PowerShell den Befehl „situs“ bekannt machen
en.Start=Open Situs
de.Start=Situs öffnen
en.RemoveData=Delete your audits too?%n%nThe folder%n%1%nholds scans, evidence, decisions, settings and the vault. It may be needed as proof, and it holds personal data. "No" keeps it; a later installation goes on with it.
de.RemoveData=Auch die Prüfungen löschen?%n%nDer Ordner%n%1%nenthält Scans, Nachweise, Entscheidungen, Einstellungen und den Tresor. Er kann als Nachweis gebraucht werden und enthält personenbezogene Daten. „Nein“ behält ihn; eine spätere Installation arbeitet damit weiter.
en.NotRemoved=Not everything in %1 could be deleted. Close what uses it, and delete the folder by hand.
de.NotRemoved=In %1 konnte nicht alles gelöscht werden. Schließen Sie, was den Ordner benutzt, und löschen Sie ihn von Hand.

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "path"; Description: "{cm:OnPath}"; Flags: unchecked

[InstallDelete]
; Libraries of an older version must not stay beside those of the new one.
Type: filesandordirs; Name: "{app}\_internal"
Type: filesandordirs; Name: "{app}\licences"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Situs"; Filename: "{app}\situs-window.exe"; AppUserModelID: "Situs.Situs"
Name: "{autodesktop}\Situs"; Filename: "{app}\situs-window.exe"; AppUserModelID: "Situs.Situs"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{code:PathWithUs}"; Tasks: path; Check: NotOnPath

[Run]
Filename: "{app}\situs-window.exe"; Description: "{cm:Start}"; Flags: nowait postinstall skipifsilent

[UninstallRun]
; Tasks of the Task Scheduler would go on starting a program that is gone.
Filename: "{app}\situs.exe"; Parameters: "schedule remove --all"; Flags: runhidden; RunOnceId: "Schedules"

[Code]
function UserPath(): String;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Result) then
    Result := '';
end;

function NotOnPath(): Boolean;
begin
  Result := Pos(';' + Lowercase(ExpandConstant('{app}')) + ';', ';' + Lowercase(UserPath()) + ';') = 0;
end;

function PathWithUs(Param: String): String;
begin
  Result := UserPath();
  if (Result <> '') and (Copy(Result, Length(Result), 1) <> ';') then
    Result := Result + ';';
  Result := Result + ExpandConstant('{app}');
end;

procedure LeavePath();
var
  Whole, Ours: String;
  At: Integer;
begin
  Whole := ';' + UserPath() + ';';
  Ours := ';' + ExpandConstant('{app}') + ';';
  At := Pos(Lowercase(Ours), Lowercase(Whole));
  if At = 0 then
    exit;
  Delete(Whole, At, Length(Ours) - 1);
  Whole := Copy(Whole, 2, Length(Whole) - 2);
  RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Whole);
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Data: String;
begin
  if Step = usUninstall then
    LeavePath();
  if Step <> usPostUninstall then
    exit;
  Data := ExpandConstant('{localappdata}\Situs');
  if not DirExists(Data) or UninstallSilent() then
    exit;
  if MsgBox(FmtMessage(CustomMessage('RemoveData'), [Data]), mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
    if not DelTree(Data, True, True, True) then
      MsgBox(FmtMessage(CustomMessage('NotRemoved'), [Data]), mbError, MB_OK);
end;
