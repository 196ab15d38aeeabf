"""The English words of headers, without blanks and signs (3.1.1)."""

from __future__ import annotations

from pcloud_cli.sheets.fields import FIELDS

_WORDS: dict[str, str] = {
    "community": "community project estate compound projectname estatename",
    "section": "section phase",
    "building": "building bldg tower block buildingno blk buildingnumber"
    " buildingname towerno blockno",
    "unit": "unit unitno entrance",
    "floor": "floor storey level floorno",
    "room": "room house flat apartment apt roomnumber roomno houseno housenumber flatno flatnumber"
    " apartmentno",
    "address": "address houseaddress propertyaddress",
    "house_kind": "kind housekind propertykind",
    "house_type": "housetype layout",
    "house_status": "status housestatus",
    "area": "area grossarea builtuparea floorarea buildingarea gfa grossfloorarea",
    "net_area": "netarea usablearea netfloorarea nfa saleablearea",
    "shared_area": "sharedarea commonarea",
    "owner_name": "owner name ownername ownersname nameofowner fullname homeowner"
    " purchaser purchasername buyer buyername",
    "owner_number": "ownerno ownernumber",
    "sex": "sex gender",
    "birth": "birth dob birthday birthdate dateofbirth",
    "id_type": "idtype kindofid typeofid idkind",
    "id_number": "idnumber idno idcard idcardno idcardnumber passport passportno certificateno"
    " identitynumber",
    "phone": "phone mobile tel telephone phoneno phonenumber mobileno mobilenumber cell cellphone"
    " contactnumber contactno contactphone telephoneno mobilephone handphone"
    " mobilephoneno mobilephonenumber telno contacttel",
    "emergency_name": "emergencycontact emergencyname emergencycontactname",
    "emergency_phone": "emergencyphone emergencytel emergencycontactphone emergencycontactsphone"
    " emergencycontactnumber",
    "family": "family familymembers",
    "tenant": "tenant tenantname lessee",
    "plate": "plate plateno numberplate licenseplate licenceplate carplate carplateno"
    " vehicleplate vehicleno registrationno",
    "parking": "parking parkingspace parkingno parkinglot parkingbay carpark",
    "handover_date": "handover handoverdate deliverydate moveindate",
    "remark": "remark remarks note notes comment comments",
}
ENGLISH: dict[str, str] = {
    **{word: field for field, words in _WORDS.items() for word in words.split()},
    **{field.replace("_", ""): field for field in FIELDS},
}
"""English headers without blanks and signs."""
ENGLISH_WHOSE = {
    "coowner": "co_owner",
    "jointowner": "co_owner",
    "tenant": "tenant",
    "lessee": "tenant",
    "agent": "agent",
    "owner": "",
    "owners": "",
}
"""English beginnings that say whose a datum is."""
